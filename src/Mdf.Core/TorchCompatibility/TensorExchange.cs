using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Mdf.TorchCompatibility;

/// <summary>Lets modules compute with other tensors than their own for a while.</summary>
/// <remarks>
/// TorchSharp has neither autocast nor a call that gives a parameter another type in place. <c>Module.to</c> makes new parameters, of which
/// an optimizer knows nothing.
/// </remarks>
internal static class TensorExchange
{
    /// <summary>Exchanges the native tensors of two objects. The same call undoes it.</summary>
    public static void Exchange(Tensor first, Tensor second)
    {
        ref IntPtr one = ref Handle(first), other = ref Handle(second);
        (one, other) = (other, one);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "handle")]
    private static extern ref IntPtr Handle(Tensor tensor);
}
