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

    private static IEnumerable<Adam.State> States(Adam adam) => adam.state_dict().State.Cast<Adam.State>();
}
