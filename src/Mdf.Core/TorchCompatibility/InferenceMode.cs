using static TorchSharp.torch;

namespace Mdf.TorchCompatibility;

/// <summary>Leaves the caller's inference mode for tensors that outlive it.</summary>
/// <remarks>
/// libtorch marks tensors created in inference mode and refuses them in training ("Inference tensors cannot be saved for backward").
/// Threads do not inherit the mode, and a thread outside it must not change such tensors in place.
/// </remarks>
internal static class InferenceMode
{
    /// <summary>Leaves inference mode until the result is disposed. Gradients are enabled meanwhile if the mode was on.</summary>
    /// <returns>Null outside inference mode, where nothing changes.</returns>
    public static IDisposable? Leave() => is_inference_mode_enabled() ? inference_mode(false) : null;
}
