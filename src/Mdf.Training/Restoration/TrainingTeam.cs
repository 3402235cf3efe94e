using System.Text.Json;
using System.Text.Json.Serialization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>The processes that train one network together, and the share of this one.</summary>
internal sealed class TrainingTeam : IDisposable
{
    private static readonly JsonSerializerOptions Json = new()
    {
        IncludeFields = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly IProcessGroup? group;
    private readonly CancellationToken cancellation;
    private readonly List<GradientExchange> exchanges = [];
    private bool isStopAgreed;

    /// <param name="group">The processes; null for this process alone.</param>
    /// <param name="cancellation">Asks this process to stop.</param>
    public TrainingTeam(IProcessGroup? group, CancellationToken cancellation)
    {
        this.group = group is { Size: > 1 } ? group : null;
        this.cancellation = cancellation;
    }

    /// <summary>Whether this process trains alone.</summary>
    public bool IsAlone => group is null;

    /// <summary>Number of this process, from 0.</summary>
    public int Rank => group?.Rank ?? 0;

    /// <summary>Number of processes.</summary>
    public int Size => group?.Size ?? 1;

    /// <summary>Factor of this process's gradients in the mean over all processes: 1 if all have as many images.</summary>
    public double Weight { get; private set; } = 1;

    /// <summary>Whether training is to stop. Several processes agree on it in each exchange.</summary>
    public bool IsStopping => IsAlone ? cancellation.IsCancellationRequested : isStopAgreed;

    /// <summary>The first process whose loss was not finite in the last exchange; null if there is none.</summary>
    public int? Diverged { get; internal set; }

    /// <summary>Whether this process is asked to stop.</summary>
    internal bool IsAskedToStop => cancellation.IsCancellationRequested;

    /// <summary>Returns the share of this process in a batch.</summary>
    /// <param name="batch">Number of images of the batch.</param>
    /// <returns>Number of its first image, and number of images.</returns>
    public (int First, int Count) ShareOf(int batch)
    {
        int first = (int)((long)batch * Rank / Size);
        return (first, (int)((long)batch * (Rank + 1) / Size) - first);
    }

    /// <summary>Starts a step.</summary>
    /// <param name="batch">Number of images of the step's batch.</param>
    public void Begin(int batch) => Weight = IsAlone ? 1 : ShareOf(batch).Count * (double)Size / batch;

    /// <summary>Creates an exchange of gradients and buffers.</summary>
    /// <param name="parameters">Weights whose gradients are averaged.</param>
    /// <param name="modules">Modules whose floating-point buffers are averaged, such as batch normalisation's means.</param>
    public GradientExchange Exchange(IReadOnlyList<Parameter> parameters, params IEnumerable<nn.Module> modules)
    {
        var exchange = new GradientExchange(this, parameters, [.. modules.SelectMany(m => m.buffers()).Where(b => b.is_floating_point())]);
        exchanges.Add(exchange);
        return exchange;
    }

    /// <summary>Copies tensors of the first process to the others, so that all go on from one state.</summary>
    public void Synchronize(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        if (group is null)
        {
            return;
        }

        using var noGradient = no_grad();
        foreach ((_, Tensor tensor) in tensors)
        {
            using var scope = NewDisposeScope();
            Tensor host = tensor.detach().cpu().contiguous();
            group.Broadcast(host.bytes, root: 0);
            if (Rank > 0)
            {
                tensor.copy_(host);
            }
        }

        exchanges.ForEach(exchange => exchange.KeepBuffers());
    }

    /// <summary>Returns the first process's value, in all processes.</summary>
    public T Share<T>(T value) => group is null ? value : Receive<T>(Rank == 0 ? JsonSerializer.SerializeToUtf8Bytes(value, Json) : [], 0);

    /// <summary>Returns the values of all processes, by their numbers, in all processes.</summary>
    public IReadOnlyList<T> Gather<T>(T value)
    {
        if (group is null)
        {
            return [value];
        }

        byte[] own = JsonSerializer.SerializeToUtf8Bytes(value, Json);
        return [.. Enumerable.Range(0, Size).Select(rank => Receive<T>(own, rank))];
    }

    /// <summary>Takes what all processes have agreed on: whether to stop.</summary>
    public void AgreeToStop(bool isStopping) => isStopAgreed = isStopping;

    /// <summary>Averages numbers over all processes.</summary>
    internal void Average(Span<float> values) => group!.Average(values);

    /// <inheritdoc/>
    public void Dispose() => exchanges.ForEach(exchange => exchange.Dispose());

    private T Receive<T>(byte[] own, int root)
    {
        byte[] length = BitConverter.GetBytes(own.Length);
        group!.Broadcast(length, root);
        byte[] bytes = Rank == root ? own : new byte[BitConverter.ToInt32(length)];
        group.Broadcast(bytes, root);
        return JsonSerializer.Deserialize<T>(bytes, Json)!;
    }
}
