using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Mdf.TorchCompatibility;

/// <summary>Switches NNPACK off, the library that libtorch tries for small single images on the CPU.</summary>
/// <remarks>
/// In virtual machines that hide the processor's caches, NNPACK prints "Could not initialize NNPACK" at every convolution and computes
/// nothing.
/// TorchSharp does not expose libtorch's switch for it.
/// </remarks>
public static class Nnpack
{
    private const string Library = "libtorch_cpu.so";

    // at::globalContext() and at::Context::setUserEnabledNNPACK(bool).
    private const string GlobalContext = "_ZN2at13globalContextEv";
    private const string SetEnabled = "_ZN2at7Context20setUserEnabledNNPACKEb";

    private delegate nint ContextGetter();

    private delegate void EnabledSetter(nint context, byte isEnabled);

    /// <summary>Switches NNPACK off for this process. Convolutions then go to oneDNN, with equal results to rounding.</summary>
    /// <returns>Whether it was switched off; false where libtorch does not export the switch (other systems than Linux).</returns>
    public static bool SwitchOff()
    {
        empty(0).Dispose(); // loads libtorch
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad(Library, out nint library)
            || !NativeLibrary.TryGetExport(library, GlobalContext, out nint context)
            || !NativeLibrary.TryGetExport(library, SetEnabled, out nint set))
        {
            return false;
        }

        Marshal.GetDelegateForFunctionPointer<EnabledSetter>(set)(Marshal.GetDelegateForFunctionPointer<ContextGetter>(context)(), 0);
        return true;
    }
}
