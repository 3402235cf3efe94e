namespace Mdf.Checkpoints;

/// <summary>Options for reading a checkpoint with <see cref="StateDictionaryReader"/>.</summary>
public sealed record CheckpointReadOptions
{
    /// <summary>
    /// Removes prefixes that wrappers put before every name, if all names have them: <c>module.</c> (DataParallel), <c>_orig_mod.</c>
    /// (torch.compile), <c>model.</c> (Lightning), <c>net.</c>, <c>generator.</c> and <c>netG.</c>, in any order. Default: true.
    /// </summary>
    public bool StripPrefixes { get; init; } = true;

    /// <summary>
    /// Key of the weights in the outermost dictionary of a PyTorch checkpoint. Null (the default) selects the first key that holds tensors
    /// of
    /// <c>state_dict</c>, <c>params_ema</c>, <c>params</c>, <c>model_state_dict</c>, <c>model</c> and <c>net</c>; else, if the dictionary
    /// holds
    /// tensors beside one dictionary of tensors, that dictionary; else the whole file. Ignored for safetensors files.
    /// </summary>
    public string? Key { get; init; }
}
