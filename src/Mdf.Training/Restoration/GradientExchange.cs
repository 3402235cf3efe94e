using System.Runtime.InteropServices;
using Mdf.TorchCompatibility;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>Averages gradients and buffers over the processes of a training, in one message.</summary>
/// <remarks>
/// Buffers are averaged by their changes since the last exchange, so that constants stay as they are to the last bit. The message ends with
/// one place for each process's loss values, and one for its wish to stop.
/// </remarks>
internal sealed class GradientExchange : IDisposable
{
    private readonly TrainingTeam team;
    private readonly IReadOnlyList<Parameter> parameters;
    private readonly IReadOnlyList<Tensor> buffers;
    private Tensor? kept;
    private Tensor? staging;

    public GradientExchange(TrainingTeam team, IReadOnlyList<Parameter> parameters, IReadOnlyList<Tensor> buffers)
    {
        this.team = team;
        this.parameters = parameters;
        this.buffers = buffers;
    }

    /// <summary>Replaces the gradients by their means over all processes; does nothing for one process.</summary>
    public void Average()
    {
        if (!team.IsAlone)
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            AverageAll([]);
        }
    }

    /// <summary>
    /// Replaces the gradients and buffers by their means over all processes, and agrees on whether to stop. Does nothing for one process.
    /// </summary>
    /// <param name="values">The loss and its terms, (n), of this process's share; weighted by <see cref="TrainingTeam.Weight"/>.</param>
    /// <returns>The means of the values, on their device.</returns>
    public Tensor Average(Tensor values)
    {
        if (team.IsAlone)
        {
            return values;
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        int terms = (int)values.numel();
        Tensor places = zeros(team.Size * (terms + 1), values.dtype, values.device);
        places.narrow(0, team.Rank * terms, terms).copy_(values.reshape(-1));
        if (team.IsAskedToStop)
        {
            places.narrow(0, (team.Size * terms) + team.Rank, 1).Add(1);
        }

        float[] means = AverageAll([places]);
        float[] sums = new float[terms];
        for (int i = 0; i < team.Size * terms; i++)
        {
            sums[i % terms] += means[i];
        }

        int diverged = Array.FindIndex(means, value => !float.IsFinite(value));
        team.Diverged = diverged < 0 ? null : diverged / terms;
        team.AgreeToStop(means.Skip(team.Size * terms).Any(value => value != 0));
        return tensor(sums, device: values.device).MoveToOuterDisposeScope();
    }

    /// <summary>Takes the buffers, which are equal in all processes, as those that changes count from.</summary>
    public void KeepBuffers()
    {
        if (buffers.Count > 0)
        {
            using var noGradient = no_grad();
            kept?.Dispose();
            kept = Flat(buffers).DetachFromDisposeScope();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        kept?.Dispose();
        staging?.Dispose();
    }

    private static Tensor Flat(IEnumerable<Tensor> tensors) => cat([.. tensors.Select(t => t.reshape(-1))]);

    // Returns the means of the last of the others.
    private float[] AverageAll(Tensor[] others)
    {
        Tensor[] gradients = [.. parameters.Select(p => p.grad).OfType<Tensor>()];
        bool withBuffers = others.Length > 0 && buffers.Count > 0;
        Tensor all = Flat([.. gradients, .. withBuffers ? (Tensor[])[Flat(buffers).sub(kept!)] : [], .. others]);
        Send(all);
        long at = 0;
        foreach (Tensor gradient in gradients)
        {
            gradient.copy_(all.narrow(0, at, gradient.numel()).reshape(gradient.shape));
            at += gradient.numel();
        }

        if (withBuffers)
        {
            Tensor current = kept!.Add(all.narrow(0, at, kept!.numel()));
            at += current.numel();
            long from = 0;
            foreach (Tensor buffer in buffers)
            {
                buffer.copy_(current.narrow(0, from, buffer.numel()).reshape(buffer.shape));
                from += buffer.numel();
            }
        }

        Tensor host = staging ?? all;
        return MemoryMarshal.Cast<byte, float>(host.narrow(0, at, all.numel() - at).bytes).ToArray();
    }

    // On a GPU the numbers go through pinned memory of the host, because not every MPI library reads that of the device.
    private void Send(Tensor all)
    {
        if (all.device_type == DeviceType.CPU)
        {
            Exchange(all);
            return;
        }

        if (staging is null || staging.numel() != all.numel())
        {
            staging?.Dispose();
            staging = zeros(all.numel(), ScalarType.Float32).pin_memory().DetachFromDisposeScope();
        }

        staging.copy_(all);
        Exchange(staging);
        all.copy_(staging);
    }

    private void Exchange(Tensor host)
    {
        const long Largest = 1 << 28;
        for (long at = 0; at < host.numel(); at += Largest)
        {
            Tensor part = host.narrow(0, at, Math.Min(Largest, host.numel() - at));
            team.Average(MemoryMarshal.Cast<byte, float>(part.bytes));
        }
    }
}
