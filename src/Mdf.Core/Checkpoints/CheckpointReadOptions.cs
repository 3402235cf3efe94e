namespace Mdf.Checkpoints;

/// <summary>How <see cref="StateDictionaryReader"/> reads a checkpoint.</summary>
public sealed record CheckpointReadOptions
{
    /// <summary>
    /// Whether to take off the prefix <c>module.</c> that PyTorch's DataParallel adds, where every name has it. Default: true.
    /// </summary>
    public bool StripModulePrefix { get; init; } = true;

    /// <summary>
    /// The key of a PyTorch checkpoint's outermost dictionary that holds the weights. Default: null, which takes the first present of
    /// <c>state_dict</c>, <c>params_ema</c>, <c>params</c>, <c>model_state_dict</c>, <c>model</c>, <c>net</c> if the dictionary holds
    /// no tensor directly, and else the whole dictionary. Other formats ignore it.
    /// </summary>
    public string? Key { get; init; }
}
