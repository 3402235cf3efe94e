using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.TorchCompatibility;

/// <summary>Steps of TorchSharp's Adam optimizer that garbage collection on other threads cannot disturb.</summary>
/// <remarks>
/// <see cref="Adam.step"/> hands its numbers to libtorch without keeping them alive (see <c>docs/workarounds.md</c>). A collection that
/// another
/// thread triggers meanwhile can free them, and the step then fails or uses another number.
/// </remarks>
public static class AdamSteps
{
    /// <summary>
    /// Updates all parameters as <see cref="Adam.step"/> does, with numbers that stay alive until libtorch has used them.
    /// </summary>
    /// <remarks>Parameters without a gradient are skipped. The optimizer's state is the one that <see cref="Adam.step"/> keeps.</remarks>
    /// <param name="adam">The optimizer; without weight decay and AMSGrad.</param>
    /// <exception cref="NotSupportedException">The optimizer uses weight decay, AMSGrad or maximisation.</exception>
    public static void StepSafely(this Adam adam) => adam.StepSafely(weightDecay: 0);

    /// <summary>Updates all parameters as AdamW does, with numbers that stay alive until libtorch has used them.</summary>
    /// <remarks>
    /// Parameters without a gradient are skipped. Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
    /// </remarks>
    /// <param name="adam">The optimizer; without weight decay of its own and AMSGrad.</param>
    /// <param name="weightDecay">Each parameter is first multiplied by 1 - learning rate * this value; 0 for Adam.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight decay is negative or not finite.</exception>
    /// <exception cref="NotSupportedException">The optimizer uses weight decay, AMSGrad or maximisation.</exception>
    public static void StepSafely(this Adam adam, double weightDecay)
    {
        ArgumentNullException.ThrowIfNull(adam);
        if (!double.IsFinite(weightDecay) || weightDecay < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(weightDecay), $"Expected 0 or more, got {weightDecay}.");
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        IEnumerable<(Parameter Parameter, Adam.Options Options)> parameters =
            adam.ParamGroups.Cast<Adam.ParamGroup>().SelectMany(g => g.Parameters.Select(p => (p, g.Options)));
        foreach (((Parameter parameter, Adam.Options options), Adam.State state) in parameters.Zip(States(adam)))
        {
            RequireSupported(options);
            if (parameter.grad is not { } gradient)
            {
                continue;
            }

            state.step++;
            if (weightDecay > 0)
            {
                parameter.Multiply(1 - (options.LearningRate!.Value * weightDecay));
            }

            double beta1 = options.beta1!.Value, beta2 = options.beta2!.Value;
            state.exp_avg.Multiply(beta1).Add(gradient, 1 - beta1);
            state.exp_avg_sq.Multiply(beta2).AddProduct(gradient, gradient, 1 - beta2);
            Tensor deviation = state.exp_avg_sq.sqrt().Over(Math.Sqrt(1 - Math.Pow(beta2, state.step))).Add(options.eps!.Value);
            parameter.AddQuotient(state.exp_avg, deviation, -options.LearningRate!.Value / (1 - Math.Pow(beta1, state.step)));
        }
    }

    /// <summary>Names the optimizer's first and second moments, for a training state.</summary>
    internal static IEnumerable<KeyValuePair<string, Tensor>> Moments(this Adam adam, string prefix) =>
        States(adam).SelectMany((s, i) => new[]
    {
        KeyValuePair.Create($"adam.{prefix}{i}.mean", s.exp_avg),
        KeyValuePair.Create($"adam.{prefix}{i}.square", s.exp_avg_sq),
    });

    /// <summary>Sets the number of steps taken, on which the bias correction depends.</summary>
    internal static void SetSteps(this Adam adam, int steps)
    {
        foreach (Adam.State state in States(adam))
        {
            state.step = steps;
        }
    }

    /// <summary>Sets the learning rate of all parameter groups.</summary>
    internal static void SetRate(this Adam adam, double rate)
    {
        foreach (optim.ILearningRateController group in adam.ParamGroups)
        {
            group.LearningRate = rate;
        }
    }

    private static void RequireSupported(Adam.Options options)
    {
        if (options.weight_decay is not (null or 0) || options.amsgrad == true || options.maximize == true)
        {
            throw new NotSupportedException(
                $"{nameof(StepSafely)} does plain Adam steps; got weight_decay {options.weight_decay ?? 0}, "
                + $"amsgrad {options.amsgrad ?? false} and maximize {options.maximize ?? false}. "
                + "Use step() for those, with garbage collection kept off other threads.");
        }
    }

    private static IEnumerable<Adam.State> States(Adam adam) => adam.state_dict().State.Cast<Adam.State>();
}
