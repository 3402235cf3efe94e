using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Samples.Common;

/// <summary>
/// NNPACK, which libtorch asks for small single images, and which in virtual machines that hide the processor's caches does nothing but say
/// "Could not initialize NNPACK" at every convolution. Libtorch's switch for it is not among what TorchSharp exposes.
/// </summary>
internal static class Nnpack
{
    private const string Library = "libtorch_cpu.so";
    private const string GlobalContext = "_ZN2at13globalContextEv"; // at::globalContext()
    private const string SetEnabled = "_ZN2at7Context20setUserEnabledNNPACKEb"; // at::Context::setUserEnabledNNPACK(bool)

    private delegate nint ContextGetter();

    private delegate void EnabledSetter(nint context, byte isEnabled);

    /// <summary>Switches it off, where libtorch's switch is found: on Linux.</summary>
    public static void SwitchOff()
    {
        empty(0).Dispose(); // loads libtorch
        if (OperatingSystem.IsLinux() && NativeLibrary.TryLoad(Library, out nint library)
            && NativeLibrary.TryGetExport(library, GlobalContext, out nint context) && NativeLibrary.TryGetExport(library, SetEnabled, out nint set))
        {
            Marshal.GetDelegateForFunctionPointer<EnabledSetter>(set)(Marshal.GetDelegateForFunctionPointer<ContextGetter>(context)(), 0);
        }
    }
}
