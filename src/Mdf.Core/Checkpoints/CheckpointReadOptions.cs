namespace Mdf.Checkpoints;

/// <summary>How <see cref="StateDictionaryReader"/> reads a checkpoint.</summary>
public sealed record CheckpointReadOptions
{
    /// <summary>
    /// Whether to take off the prefix <c>module.</c> that PyTorch's DataParallel adds, where every name has it. Default: true.
    /// </summary>
    public bool StripModulePrefix { get; init; } = true;

    /// <summary>
    /// The key under which the weights lie in the outermost dictionary of a PyTorch checkpoint. Default: null, which takes what lies
    /// under the first present of <c>state_dict</c>, <c>params_ema</c>, <c>params</c>, <c>model_state_dict</c>, <c>model</c> and
    /// <c>net</c>, and the whole dictionary if none is present or some value of it is itself a tensor. Safetensors files have no such
    /// key; there it is ignored.
    /// </summary>
    public string? Key { get; init; }
}
