using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training;

/// <summary>What is kept and changed of Adam.</summary>
internal static class AdamExtensions
{
    /// <summary>Its memory, by name.</summary>
    public static IEnumerable<KeyValuePair<string, Tensor>> Moments(this Adam adam, string prefix) => States(adam).SelectMany((s, i) => new[]
    {
        KeyValuePair.Create($"adam.{prefix}{i}.mean", s.exp_avg),
        KeyValuePair.Create($"adam.{prefix}{i}.square", s.exp_avg_sq),
    });

    /// <summary>Says how many steps were done.</summary>
    public static void SetSteps(this Adam adam, int steps)
    {
        foreach (Adam.State state in States(adam))
        {
            state.step = steps;
        }
    }

    /// <summary>Sets the learning rate.</summary>
    public static void SetRate(this Adam adam, double rate)
    {
        foreach (optim.ILearningRateController group in adam.ParamGroups)
        {
            group.LearningRate = rate;
        }
    }

    /// <summary>A step as <see cref="Adam.step"/> does it, without decay of weights or AMSGrad, by <see cref="ScalarArithmetic"/>.</summary>
    public static void Update(this Adam adam)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        IEnumerable<(Parameter Parameter, Adam.Options Options)> parameters = adam.ParamGroups.Cast<Adam.ParamGroup>().SelectMany(g => g.Parameters.Select(p => (p, g.Options)));
        foreach (((Parameter parameter, Adam.Options options), Adam.State state) in parameters.Zip(States(adam)))
        {
            if (parameter.grad is not { } gradient)
            {
                continue;
            }

            state.step++;
            double beta1 = options.beta1!.Value, beta2 = options.beta2!.Value;
            state.exp_avg.Multiply(beta1).Add(gradient, 1 - beta1);
            state.exp_avg_sq.Multiply(beta2).AddProduct(gradient, gradient, 1 - beta2);
            Tensor deviation = state.exp_avg_sq.sqrt().Over(Math.Sqrt(1 - Math.Pow(beta2, state.step))).Add(options.eps!.Value);
            parameter.AddQuotient(state.exp_avg, deviation, -options.LearningRate!.Value / (1 - Math.Pow(beta1, state.step)));
        }
    }

    private static IEnumerable<Adam.State> States(Adam adam) => adam.state_dict().State.Cast<Adam.State>();
}
