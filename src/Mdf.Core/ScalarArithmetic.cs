using TorchSharp;
using static TorchSharp.torch;

namespace Mdf;

/// <summary>
/// Arithmetic with numbers that garbage collection cannot disturb. TorchSharp 0.107 makes a <see cref="Scalar"/> of every number (also of
/// the factor 1 of a sum of two tensors) and hands its memory to libtorch without holding on to it: when another thread makes the garbage
/// collector run meanwhile, the finalizer frees what libtorch is about to read, and the call fails or computes with another number. Here
/// each Scalar lives until libtorch has returned. What computes losses, metrics, degradations and steps of restoration trainings uses these instead of
/// operators with numbers and of <c>+</c>.
/// </summary>
internal static class ScalarArithmetic
{
    private static readonly Scalar One = 1;
    private static readonly Scalar Two = 2;

    /// <summary>x + y.</summary>
    public static Tensor Plus(this Tensor x, Tensor y) => x.add(y, One);

    /// <summary>x + y.</summary>
    public static Tensor Plus(this Tensor x, double y)
    {
        using Scalar number = y;
        return x.add(number, One);
    }

    /// <summary>x - y.</summary>
    public static Tensor Minus(this Tensor x, double y)
    {
        using Scalar number = y;
        return x.sub(number);
    }

    /// <summary>x y.</summary>
    public static Tensor Times(this Tensor x, double y)
    {
        using Scalar number = y;
        return x.mul(number);
    }

    /// <summary>x / y.</summary>
    public static Tensor Over(this Tensor x, double y)
    {
        using Scalar number = y;
        return x.div(number);
    }

    /// <summary>x^2.</summary>
    public static Tensor Squared(this Tensor x) => x.pow(Two);

    /// <summary>x^y.</summary>
    public static Tensor ToThe(this Tensor x, double y)
    {
        using Scalar number = y;
        return x.pow(number);
    }

    /// <summary>Whether x > y.</summary>
    public static Tensor IsAbove(this Tensor x, double y)
    {
        using Scalar number = y;
        return x.gt(number);
    }

    /// <summary>x within bounds.</summary>
    public static Tensor Within(this Tensor x, double least, double most)
    {
        using Scalar from = least, to = most;
        return x.clamp(from, to);
    }

    /// <summary>Adds to x in place; gives x.</summary>
    public static Tensor Add(this Tensor x, Tensor y) => x.add_(y, One);

    /// <summary>Adds factor y to x in place; gives x.</summary>
    public static Tensor Add(this Tensor x, Tensor y, double factor)
    {
        using Scalar number = factor;
        return x.add_(y, number);
    }

    /// <summary>Adds y to x in place; gives x.</summary>
    public static Tensor Add(this Tensor x, double y)
    {
        using Scalar number = y;
        return x.add_(number, One);
    }

    /// <summary>Multiplies x in place; gives x.</summary>
    public static Tensor Multiply(this Tensor x, double y)
    {
        using Scalar number = y;
        return x.mul_(number);
    }

    /// <summary>Bounds x in place; gives x.</summary>
    public static Tensor Clamp(this Tensor x, double least, double most)
    {
        using Scalar from = least, to = most;
        return x.clamp_(from, to);
    }

    /// <summary>LeakyReLU in place; gives x.</summary>
    public static Tensor LeakyRelu(this Tensor x, double slope)
    {
        using Scalar number = slope;
        return x.leaky_relu_(number);
    }

    /// <summary>Adds factor y z to x in place; gives x.</summary>
    public static Tensor AddProduct(this Tensor x, Tensor y, Tensor z, double factor)
    {
        using Scalar number = factor;
        return x.addcmul_(y, z, number);
    }

    /// <summary>Adds factor y / z to x in place; gives x.</summary>
    public static Tensor AddQuotient(this Tensor x, Tensor y, Tensor z, double factor)
    {
        using Scalar number = factor;
        return x.addcdiv_(y, z, number);
    }

    /// <summary>x, but no more than a bound.</summary>
    public static Tensor AtMost(this Tensor x, double most)
    {
        using Scalar number = most;
        return x.clamp_max(number);
    }
}
