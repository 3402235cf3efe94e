using static TorchSharp.torch;

namespace Mdf.Testing;

/// <summary>Runs computations with other numbers of libtorch's threads.</summary>
public static class Threads
{
    /// <summary>Fails if tensors depend on the number of threads, or if computing them with that number leaves others behind.</summary>
    /// <param name="threads">Number of threads to compare with the present one.</param>
    /// <param name="compute">Computes the tensors.</param>
    public static void AssertTheSame(int threads, Func<Tensor[]> compute)
    {
        Tensor[] expected = compute();
        int before = get_num_threads();
        try
        {
            set_num_threads(threads);
            foreach ((Tensor one, Tensor other) in expected.Zip(compute()))
            {
                TensorAssert.Equal(one, other);
            }

            LiveTensors.AssertNoneLeft(() => Array.ForEach(compute(), r => r.Dispose()));
        }
        finally
        {
            set_num_threads(before);
        }
    }
}
