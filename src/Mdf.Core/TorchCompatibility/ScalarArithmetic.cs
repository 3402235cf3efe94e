using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.TorchCompatibility;

/// <summary>Arithmetic of tensors with numbers that garbage collection cannot disturb.</summary>
/// <remarks>
/// TorchSharp 0.107 makes a <see cref="Scalar"/> of every number (also of the factor 1 in a sum of two tensors) and hands its memory to
/// libtorch
/// without keeping it alive. When another thread triggers a collection meanwhile, the finaliser frees what libtorch is about to read: the
/// call
/// fails or computes with another number. Here each Scalar lives until libtorch has returned. Losses, metrics, degradations and trainings
/// use
/// these methods instead of operators with numbers and of <c>+</c>.
/// </remarks>
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

    /// <summary>Compares element by element: x &gt; y.</summary>
    public static Tensor IsAbove(this Tensor x, double y)
    {
        using Scalar number = y;
        return x.gt(number);
    }

    /// <summary>Compares element by element: x &lt;= y.</summary>
    public static Tensor IsAtMost(this Tensor x, double y)
    {
        using Scalar number = y;
        return x.le(number);
    }

    /// <summary>Clamps x to [least, most].</summary>
    public static Tensor Within(this Tensor x, double least, double most)
    {
        using Scalar from = least, to = most;
        return x.clamp(from, to);
    }

    /// <summary>Adds y to x in place; returns x.</summary>
    public static Tensor Add(this Tensor x, Tensor y) => x.add_(y, One);

    /// <summary>Adds factor * y to x in place; returns x.</summary>
    public static Tensor Add(this Tensor x, Tensor y, double factor)
    {
        using Scalar number = factor;
        return x.add_(y, number);
    }

    /// <summary>Adds a whole number in place, also to tensors of integers.</summary>
    public static Tensor AddWhole(this Tensor x, long y)
    {
        using Scalar term = y, factor = 1L;
        return x.add_(term, factor);
    }

    /// <summary>Adds y to x in place; returns x.</summary>
    public static Tensor Add(this Tensor x, double y)
    {
        using Scalar number = y;
        return x.add_(number, One);
    }

    /// <summary>Multiplies x by y in place; returns x.</summary>
    public static Tensor Multiply(this Tensor x, double y)
    {
        using Scalar number = y;
        return x.mul_(number);
    }

    /// <summary>Clamps x to [least, most] in place; returns x.</summary>
    public static Tensor Clamp(this Tensor x, double least, double most)
    {
        using Scalar from = least, to = most;
        return x.clamp_(from, to);
    }

    /// <summary>Applies LeakyReLU in place; returns x.</summary>
    public static Tensor LeakyRelu(this Tensor x, double slope)
    {
        using Scalar number = slope;
        return x.leaky_relu_(number);
    }

    /// <summary>Adds factor * y * z to x in place; returns x.</summary>
    public static Tensor AddProduct(this Tensor x, Tensor y, Tensor z, double factor)
    {
        using Scalar number = factor;
        return x.addcmul_(y, z, number);
    }

    /// <summary>Adds factor * y / z to x in place; returns x.</summary>
    public static Tensor AddQuotient(this Tensor x, Tensor y, Tensor z, double factor)
    {
        using Scalar number = factor;
        return x.addcdiv_(y, z, number);
    }

    /// <summary>Limits x from above.</summary>
    public static Tensor AtMost(this Tensor x, double most)
    {
        using Scalar number = most;
        return x.clamp_max(number);
    }

    /// <summary>Limits x from below.</summary>
    public static Tensor AtLeast(this Tensor x, double least)
    {
        using Scalar number = least;
        return x.clamp_min(number);
    }

    /// <summary>Divides x by y in place; returns x.</summary>
    public static Tensor Divide(this Tensor x, double y)
    {
        using Scalar number = y;
        return x.div_(number);
    }

    /// <summary>Squares x in place; returns x.</summary>
    public static Tensor Square(this Tensor x) => x.pow_(Two);

    /// <summary>Returns x + y * z.</summary>
    public static Tensor PlusProduct(this Tensor x, Tensor y, Tensor z) => x.addcmul(y, z, One);

    /// <summary>Returns LeakyReLU of x.</summary>
    public static Tensor WithLeakyRelu(this Tensor x, double slope)
    {
        using Scalar number = slope;
        return x.leaky_relu(number);
    }

    /// <summary>Returns a tensor of x's shape, type and device that is filled with a value.</summary>
    public static Tensor Filled(this Tensor x, double value)
    {
        using Scalar number = value;
        return x.full_like(number);
    }
}
