namespace Mdf.Checkpoints;

/// <summary>Options for reading a checkpoint with <see cref="StateDictionaryReader"/>.</summary>
public sealed record CheckpointReadOptions
{
    /// <summary>
    /// Removes the prefix <c>module.</c>, which PyTorch's DataParallel adds, if every tensor name has it. Default: true.
    /// </summary>
    public bool StripModulePrefix { get; init; } = true;

    /// <summary>
    /// Key of the weights in the outermost dictionary of a PyTorch checkpoint. Null (the default) selects the first key present of
    /// <c>state_dict</c>, <c>params_ema</c>, <c>params</c>, <c>model_state_dict</c>, <c>model</c> and <c>net</c>; if none is present, or
    /// if a value of the dictionary is itself a tensor, the whole dictionary is read. The key is ignored for safetensors files.
    /// </summary>
    public string? Key { get; init; }
}
