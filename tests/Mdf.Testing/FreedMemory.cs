using static TorchSharp.torch;

namespace Mdf.Testing;

/// <summary>Freed memory, from which the next tensors are allocated.</summary>
public static class FreedMemory
{
    private const int BlocksOfASize = 4;
    private const int LargestPower = 20;

    /// <summary>Fills freed memory with NaN, so that reading uninitialised memory gives NaN.</summary>
    public static void FillWithNaN()
    {
        using var scope = NewDisposeScope();
        for (int power = 4; power <= LargestPower; power++)
        {
            for (int i = 0; i < BlocksOfASize; i++)
            {
                _ = full(1L << power, float.NaN);
                _ = full(3L << (power - 1), float.NaN);
            }
        }
    }
}
