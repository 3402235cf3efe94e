using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests.Conformance;

/// <summary>Tests that no loss depends on the state of libtorch or of the process around it.</summary>
public sealed class AmbientStateTests : IDisposable
{
    private const string InferenceMode = "inference mode";
    private const string NoGradients = "no gradients";

    private static readonly Dictionary<string, (double Value, Tensor Gradient)> Expected = [];

    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<string> Names => LossConformanceTests.Names;

    public static TheoryData<string, string> NamesAndStates => new(
        from loss in LossCases.All
        from state in AmbientState.Names.Except([InferenceMode, NoGradients])
        select (loss.Name, state));

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(NamesAndStates))]
    public void ForwardAndBackward_AnotherDefaultTypeOrCulture_GivesTheSame(string name, string state)
    {
        (double Value, Tensor Gradient) expected = Usual(name);
        using var ambient = AmbientState.Enter(state);
        (double value, Tensor gradient) = Step(name);
        Assert.Equal(expected.Value, value);
        TensorAssert.Equal(expected.Gradient, gradient);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_InferenceMode_GivesTheSame(string name)
    {
        (Tensor x, Tensor y) = Images(name);
        using Loss<Tensor, Tensor, Tensor> plain = Create(name);
        double expected = plain.call(x, y).item<float>();

        double inside;
        using (Loss<Tensor, Tensor, Tensor> loss = InInferenceMode(() => Create(name)))
        {
            inside = InInferenceMode(() => loss.call(x, y).item<float>());

            // Whatever the loss made in inference mode must serve training afterwards.
            Tensor learned = x.clone().requires_grad_(true);
            Tensor value = loss.call(learned, y);
            value.backward();
            Assert.Equal(expected, value.item<float>());
            Assert.True(learned.grad!.isfinite().all().item<bool>());
        }

        Assert.Equal(expected, inside);
        InInferenceMode(() =>
        {
            Tensor a = x.clone(), b = y.clone();
            Assert.Equal(expected, plain.call(a, b).item<float>());
            return 0;
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_WithoutGradients_GivesTheSame(string name)
    {
        (Tensor x, Tensor y) = Images(name);
        using Loss<Tensor, Tensor, Tensor> loss = Create(name);
        double expected = loss.call(x, y).item<float>();
        using (AmbientState.Enter(NoGradients))
        {
            Tensor value = loss.call(x.clone().requires_grad_(true), y);
            Assert.Equal(expected, value.item<float>());
            Assert.False(value.requires_grad);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ForwardAndBackward_OtherThreadCounts_GiveTheSame(string name)
    {
        int before = get_num_threads();
        (double Value, Tensor Gradient) one = Usual(name);
        set_num_threads(2);
        try
        {
            (double value, Tensor gradient) = Step(name);
            Assert.Equal(one.Value, value, 1e-5 * Math.Abs(one.Value));
            Assert.InRange(TensorAssert.RelativeNormError(one.Gradient, gradient), 0, 1e-5);
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_Disposed_IsObjectDisposed(string name)
    {
        (Tensor x, Tensor y) = Images(name);
        Loss<Tensor, Tensor, Tensor> loss = Create(name);
        loss.Dispose();
        ObjectDisposedException e = Assert.Throws<ObjectDisposedException>(() => loss.call(x, y));
        Assert.Contains(loss.GetType().Name, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_DisposedImages_IsObjectDisposed(string name)
    {
        (Tensor x, Tensor y) = Images(name);
        using Loss<Tensor, Tensor, Tensor> loss = Create(name);
        x.Dispose();
        Assert.Contains("restored", Assert.Throws<ObjectDisposedException>(() => loss.call(x, y)).Message, StringComparison.Ordinal);
        Assert.Contains("reference", Assert.Throws<ObjectDisposedException>(() => loss.call(y, x)).Message, StringComparison.Ordinal);
    }

    // Losses that keep the gradient do not need the images any more. The others must refuse rather than give another gradient.
    [Theory]
    [MemberData(nameof(Names))]
    public void Backward_ImagesChangedInPlace_IsTheGradientOrRefused(string name)
    {
        Tensor expected = Usual(name).Gradient;
        (Tensor x, Tensor y) = Images(name);
        Tensor leaf = x.clone().requires_grad_(true), learned = leaf.mul(1);
        using Loss<Tensor, Tensor, Tensor> loss = Create(name);
        Tensor value = loss.call(learned, y);
        using (no_grad())
        {
            learned.add_(0.25f);
            y.mul_(0.5f);
        }

        try
        {
            value.backward();
            TensorAssert.Equal(expected, leaf.grad!);
        }
        catch (System.Runtime.InteropServices.ExternalException e)
        {
            Assert.Contains("modified by an inplace operation", e.Message, StringComparison.Ordinal);
        }
    }

    private static Loss<Tensor, Tensor, Tensor> Create(string name) =>
        LossCases.All.Single(c => c.Name == name).Create(nn.Reduction.Mean);

    private static (Tensor X, Tensor Y) Images(string name)
    {
        LossCase of = LossCases.All.Single(c => c.Name == name);
        Tensor y = of.Images(1, ScalarType.Float32);
        return (TestImages.Noisy(y, 0.3), y);
    }

    private static T InInferenceMode<T>(Func<T> action)
    {
        using var mode = AmbientState.Enter(InferenceMode);
        return action();
    }

    // The step in the usual state, computed once.
    private static (double Value, Tensor Gradient) Usual(string name)
    {
        if (!Expected.TryGetValue(name, out (double Value, Tensor Gradient) expected))
        {
            (double value, Tensor gradient) = Step(name);
            Expected[name] = expected = (value, gradient.clone().DetachFromDisposeScope());
        }

        return expected;
    }

    private static (double Value, Tensor Gradient) Step(string name)
    {
        (Tensor x, Tensor y) = Images(name);
        x = x.detach().requires_grad_(true);
        using Loss<Tensor, Tensor, Tensor> loss = Create(name);
        using Tensor value = loss.call(x, y);
        value.backward();
        Assert.Equal(ScalarType.Float32, value.dtype);
        return (value.item<float>(), x.grad!);
    }
}
