using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>
/// The epilogue of the way back to a feature map: adds the gradient of the map's own distance and continues through the ReLU in front of
/// the map.
/// </summary>
/// <param name="target">Start of the gradient's map, contiguous.</param>
/// <param name="own">Gradient of the map's own distance, contiguous; null for a map that is not compared.</param>
/// <param name="signs">Signs of the ReLU's outputs, kept by <see cref="Rectifier"/>; null for a map without ReLU.</param>
internal readonly unsafe struct RectifierGradient(float* target, float* own, ushort* signs) : IEpilogue
{
    private readonly float* target = target;
    private readonly float* own = own;
    private readonly ushort* signs = signs;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Lanes outputs, long offset, int row, int column, int channel)
    {
        Lanes gradient = own == null ? outputs : outputs + Vector512.Load(own + offset);
        if (signs != null)
        {
            gradient &= Mask(signs[offset / MatrixProduct.Lane]);
        }

        gradient.Store(target + offset);
    }

    /// <summary>Stores the gradient of the map's own distance alone. It starts the way back at the deepest map.</summary>
    /// <param name="length">Number of values of the map.</param>
    [MethodImpl(MatrixProduct.Kernel)]
    public void StoreAll(long length)
    {
        for (long offset = 0; offset < length; offset += MatrixProduct.Lane)
        {
            Store(Lanes.Zero, offset, row: 0, column: 0, channel: 0);
        }
    }

    /// <summary>Returns all ones in the lanes whose bits are set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Mask(ushort bits)
    {
        Vector512<int> places = Vector512.Create(
            1, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7,
            1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12, 1 << 13, 1 << 14, 1 << 15);
        return Vector512.Equals(Vector512.Create((int)bits) & places, places).AsSingle();
    }
}
