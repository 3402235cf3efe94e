using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Mdf.Testing;

/// <summary>Comparisons of tensors, computed in float64.</summary>
public static class TensorAssert
{
    /// <summary>Fails unless shape, element type and all elements are equal.</summary>
    public static void Equal(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.Equal(expected.dtype, actual.dtype);
        using var scope = NewDisposeScope();
        if (!expected.eq(actual).all().item<bool>())
        {
            Assert.Fail($"Expected {expected.str()}, got {actual.str()}.");
        }
    }

    /// <summary>Fails unless each element is within an absolute distance.</summary>
    public static void Near(Tensor expected, Tensor actual, double absolute)
    {
        Assert.Equal(expected.shape, actual.shape);
        double error = LargestDifference(expected, actual);
        Assert.True(error <= absolute, $"The largest difference is {error:g3}; at most {absolute:g3} was expected.");
    }

    /// <summary>Fails unless each element is within a distance relative to the expected one.</summary>
    public static void RelativelyNear(Tensor expected, Tensor actual, double relative)
    {
        Assert.Equal(expected.shape, actual.shape);
        using var scope = NewDisposeScope();
        Tensor wanted = expected.to(ScalarType.Float64), got = actual.to(ScalarType.Float64);
        double error = ((wanted - got).abs() / wanted.abs()).max().item<double>();
        Assert.True(error <= relative, $"The largest relative error is {error:g3}; at most {relative:g3} was expected.");
    }

    /// <summary>Returns the Euclidean norm of the difference, relative to the norm of the expected tensor.</summary>
    public static double RelativeNormError(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        using var scope = NewDisposeScope();
        Tensor wanted = expected.to(ScalarType.Float64);
        return ((actual.to(ScalarType.Float64) - wanted).norm() / wanted.norm()).item<double>();
    }

    /// <summary>Returns the largest absolute difference of two elements.</summary>
    public static double LargestDifference(Tensor expected, Tensor actual)
    {
        using var scope = NewDisposeScope();
        return expected.numel() == 0 ? 0 : (expected.to(ScalarType.Float64) - actual.to(ScalarType.Float64)).abs().max().item<double>();
    }
}
