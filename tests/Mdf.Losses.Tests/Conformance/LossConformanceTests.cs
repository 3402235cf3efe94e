using System.Diagnostics;
using Mdf.Testing;
using Mdf.TorchCompatibility;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests.Conformance;

/// <summary>Tests rules that every loss keeps. A new loss joins by a line in <see cref="LossCases"/>.</summary>
public sealed class LossConformanceTests : IDisposable
{
    private static readonly nn.Reduction[] Reductions = Enum.GetValues<nn.Reduction>();

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly Dictionary<(string Name, nn.Reduction Reduction), Loss<Tensor, Tensor, Tensor>> losses = [];

    public static TheoryData<string> Names => [.. LossCases.All.Select(c => c.Name)];

    public void Dispose()
    {
        foreach (Loss<Tensor, Tensor, Tensor> loss in losses.Values)
        {
            loss.Dispose();
        }

        scope.Dispose();
    }

    [Fact]
    public void LossCases_PublicLosses_AreAllThere()
    {
        IEnumerable<Type> tested = LossCases.All.Select(c =>
        {
            using Loss<Tensor, Tensor, Tensor> loss = c.Create(nn.Reduction.Mean);
            return loss.GetType();
        });
        IEnumerable<Type> all = typeof(ImageLoss).Assembly.GetExportedTypes().Where(
            t => !t.IsAbstract && t.IsAssignableTo(typeof(Loss<Tensor, Tensor, Tensor>)));
        Assert.Equal(all.Select(t => t.Name).Order(), tested.Select(t => t.Name).Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_SameImages_IsZeroWithFiniteGradient(string name)
    {
        foreach (ScalarType dtype in new[] { ScalarType.BFloat16, ScalarType.Float32, ScalarType.Float64 })
        {
            Tensor y = Case(name).Images(1, dtype), x = y.clone().requires_grad_(true);
            Tensor value = Create(name).call(x, y);
            value.backward();
            Assert.Equal(0, value.to(ScalarType.Float64).item<double>());
            AssertFinite(x.grad!);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_SwappedImages_GiveTheSame(string name)
    {
        Tensor x = Case(name).Images(1, ScalarType.Float64), y = TestImages.Noisy(x, 0.3);
        TensorAssert.RelativelyNear(Create(name).call(x, y), Create(name).call(y, x), 1e-12);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_NaNInAnImage_IsNaN(string name)
    {
        Tensor x = Case(name).Images(1, ScalarType.Float32), y = TestImages.Noisy(x, 0.3), spoiled = x.clone();
        spoiled[0, 0, 1, 1] = float.NaN;
        foreach (
            Tensor values in (Tensor[])[Create(name, nn.Reduction.None).call(spoiled, y), Create(name, nn.Reduction.None).call(y, spoiled)])
        {
            Assert.Equal([true, false], values.isnan().data<bool>());
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_StrongerDegradation_IsMore(string name)
    {
        Tensor y = Case(name).Images(1, ScalarType.Float64, count: 1);
        AssertIncreases(strength => TestImages.Noisy(y, strength));
        if (Case(name).IgnoresBrightness)
        {
            Assert.Equal(0, Create(name).call(y + 0.3, y).item<double>(), 1e-15);
        }
        else
        {
            AssertIncreases(strength => y + (0.3 * strength));
        }

        AssertIncreases(strength => y * (1 - (0.5 * strength)));

        void AssertIncreases(Func<double, Tensor> degrade)
        {
            double[] values = [.. new[] { 0, 0.1, 0.2, 0.4, 0.8 }.Select(s => Create(name).call(degrade(s), y).item<double>())];
            Assert.Equal(values.Distinct().Order(), values);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_Reductions_AgreeWithEachOtherAndWithSingleImages(string name)
    {
        Tensor x = Case(name).Images(1, ScalarType.Float64, count: 3), y = TestImages.Noisy(x, 0.3);
        Tensor images = Create(name, nn.Reduction.None).call(x, y);

        Assert.Equal([3], images.shape);
        TensorAssert.RelativelyNear(images.mean(), Create(name).call(x, y), 1e-13);
        TensorAssert.RelativelyNear(images.sum(), Create(name, nn.Reduction.Sum).call(x, y), 1e-13);
        TensorAssert.RelativelyNear(images[1], Create(name).call(x[1..2], y[1..2]), 1e-11);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Backward_EitherImage_IsTheNumericalGradient(string name)
    {
        Assert.SkipWhen(Case(name).HoldsWeights, "the gradient takes weights as constants; the loss has a test of its own");
        Tensor x = Case(name).Images(1, ScalarType.Float64), y = TestImages.Noisy(x, 0.4);

        foreach (nn.Reduction reduction in Reductions.Take(TestLength.Of(full: Reductions.Length, usual: 1)))
        {
            Loss<Tensor, Tensor, Tensor> loss = Create(name, reduction);
            GradientAssert.IsNumerical(x, v => Value(loss.call(v, y)));
        }

        GradientAssert.IsNumerical(y, v => Create(name).call(x, v));

        // For None, a weighting of the images stands for whatever the caller does with them.
        static Tensor Value(Tensor result) => result.ndim == 1 ? (result * tensor([0.3, 1.7])).sum() : result;
    }

    /// <remarks>TorchSharp's own operators fail now and then in this way (<see cref="ScalarArithmetic"/>).</remarks>
    [Theory]
    [MemberData(nameof(Names))]
    public void Backward_WhileGarbageIsCollected_GivesTheSame(string name)
    {
        Tensor y = Case(name).Images(1, ScalarType.Float32), x = TestImages.Noisy(y, 0.3).requires_grad_(true);
        (double Value, Tensor Gradient) expected = Step();
        using var collections = new GarbageCollections();
        int milliseconds = TestLength.Of(full: 500, usual: 200);
        for (var watch = Stopwatch.StartNew(); watch.ElapsedMilliseconds < milliseconds;)
        {
            using var step = NewDisposeScope();
            (double Value, Tensor Gradient) now = Step();
            Assert.Equal(expected.Value, now.Value);
            TensorAssert.Equal(expected.Gradient, now.Gradient);
        }

        (double, Tensor) Step()
        {
            x.grad?.zero_();
            Tensor value = Create(name).call(x, y);
            value.backward();
            return (value.item<float>(), x.grad!.clone());
        }
    }

    /// <remarks>oneDNN has kernels that multiply memory nobody wrote to by zero, which goes well unless NaN lay there.</remarks>
    [Theory]
    [MemberData(nameof(Names))]
    public void Backward_MemoryFullOfNaN_IsFinite(string name)
    {
        long[] shape = [2, Case(name).Channels, 41, 43];
        Tensor y = TestImages.Create(1, ScalarType.Float32, shape), x = TestImages.Noisy(y, 0.2).detach().requires_grad_(true);
        FreedMemory.FillWithNaN();
        Tensor value = Create(name).call(x, y);
        FreedMemory.FillWithNaN();
        value.backward();
        AssertFinite(value);
        AssertFinite(x.grad!);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Backward_ExtremeImages_IsFinite(string name)
    {
        LossCase tested = Case(name);
        long[] shape = [1, tested.Channels, tested.MinimumSide, tested.MinimumSide];
        var images = new Dictionary<string, Tensor>
        {
            ["black"] = zeros(shape),
            ["white"] = ones(shape),
            ["grey"] = full(shape, 0.3f),
            ["noise"] = TestImages.Create(1, ScalarType.Float32, shape),
            ["nearly the noise"] = TestImages.Noisy(TestImages.Create(1, ScalarType.Float32, shape), 1e-7),
            ["inverted"] = 1 - TestImages.Create(1, ScalarType.Float32, shape),
        };
        foreach ((string restored, Tensor image) in images)
        {
            foreach ((string reference, Tensor y) in images)
            {
                Tensor x = image.clone().requires_grad_(true);
                Tensor value = Create(name).call(x, y);
                value.backward();
                Assert.True(value.isfinite().item<bool>(), $"{restored} against {reference}");
                Assert.True(value.item<float>() >= -1e-6, $"{restored} against {reference} is {value.item<float>()}.");
                Assert.True(x.grad!.isfinite().all().item<bool>(), $"gradient of {restored} against {reference}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_HalfPrecision_IsComputedInFloat32(string name)
    {
        foreach (ScalarType dtype in new[] { ScalarType.Float16, ScalarType.BFloat16 })
        {
            Tensor y = Case(name).Images(1, dtype), x = TestImages.Noisy(y, 0.3).requires_grad_(true);
            Tensor value = Create(name).call(x, y);
            value.backward();
            Assert.Equal(ScalarType.Float32, value.dtype);
            TensorAssert.RelativelyNear(
                Create(name).call(x.detach().to(ScalarType.Float32), y.to(ScalarType.Float32)), value.detach(), 1e-6);
            Assert.Equal(dtype, x.grad!.dtype);
            AssertFinite(x.grad);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_NonContiguousImages_GiveTheSame(string name)
    {
        Tensor x = Case(name).Images(1, ScalarType.Float64), y = TestImages.Noisy(x, 0.3);
        static Tensor Strided(Tensor t) => t.transpose(2, 3).contiguous().transpose(2, 3);
        Assert.False(Strided(x).is_contiguous());
        TensorAssert.RelativelyNear(Create(name).call(x, y), Create(name).call(Strided(x), Strided(y)), 1e-12);
        TensorAssert.RelativelyNear(
            Create(name).call(x[..1], y[..1]), Create(name).call(x[..1].expand(2, -1, -1, -1), y[..1].expand(2, -1, -1, -1)), 1e-12);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_Again_GivesTheSame(string name)
    {
        Tensor x = Case(name).Images(1, ScalarType.Float32), y = TestImages.Noisy(x, 0.3);
        Loss<Tensor, Tensor, Tensor> loss = Create(name);
        TensorAssert.Equal(loss.call(x, y), loss.call(x, y));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_Gradients_AreKeptForThoseThatLearn(string name)
    {
        Tensor y = Case(name).Images(1, ScalarType.Float32), x = TestImages.Noisy(y, 0.3).requires_grad_(true);
        Loss<Tensor, Tensor, Tensor> loss = Create(name);
        using (no_grad())
        {
            Assert.False(loss.call(x, y).requires_grad);
        }

        Assert.True(loss.call(x, y).requires_grad);
        Assert.True(loss.call(y, x).requires_grad);
        Assert.False(loss.call(x.detach(), y).requires_grad);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void To_AnotherDevice_AndBack_GivesTheSame(string name)
    {
        // The meta device, which has shapes but no memory, stands for any other one; convolutions do not run on it.
        Tensor x = Case(name).Images(1, ScalarType.Float32), y = TestImages.Noisy(x, 0.3);
        Loss<Tensor, Tensor, Tensor> loss = Create(name);
        Tensor before = loss.call(x, y);
        loss.to(META);
        Assert.Throws<ArgumentException>("reference", () => loss.call(x.to(META), y));
        if (Case(name).NeedsChannels)
        {
            Assert.Contains(
                "loss.to(device)", Assert.Throws<ArgumentException>("restored", () => loss.call(x, y)).Message, StringComparison.Ordinal);
        }

        loss.to(CPU);
        TensorAssert.Equal(before, loss.call(x, y));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void To_Cuda_GivesTheSame(string name)
    {
        Assert.SkipUnless(cuda.is_available(), "no CUDA device");
        Tensor x = Case(name).Images(1, ScalarType.Float64), y = TestImages.Noisy(x, 0.3);
        Loss<Tensor, Tensor, Tensor> loss = Create(name);
        Tensor before = loss.call(x, y);
        TensorAssert.RelativelyNear(before, loss.cuda().call(x.cuda(), y.cuda()).cpu(), 1e-9);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Module_IsFrozen_WhateverItsParentDoes(string name)
    {
        Tensor x = Case(name).Images(1, ScalarType.Float32), y = TestImages.Noisy(x, 0.3);
        using var parent = new Parent(Case(name).Create(nn.Reduction.Mean));
        Tensor before = parent.Criterion.call(x, y);

        parent.train();
        TensorAssert.Equal(before, parent.Criterion.call(x, y));
        parent.to(ScalarType.Float64);
        TensorAssert.Equal(before, parent.Criterion.call(x, y));
        Assert.Equal(["layer.bias", "layer.weight"], parent.named_parameters().Select(p => p.name).Order());
        Assert.Equal(["layer.bias", "layer.weight"], parent.state_dict().Keys.Order());
        Assert.Empty(parent.Criterion.parameters());
        if (parent.Criterion is ImageLoss)
        {
            Assert.False(parent.Criterion.training);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ForwardAndBackward_ManyTimes_LeaveNoTensor(string name)
    {
        Tensor y = Case(name).Images(1, ScalarType.Float32), z = TestImages.Noisy(y, 0.3);
        Loss<Tensor, Tensor, Tensor> loss = Create(name), images = Create(name, nn.Reduction.None);
        LiveTensors.AssertNoneLeft(() =>
        {
            for (int i = 0; i < TestLength.Of(full: 5, usual: 2); i++)
            {
                using Tensor x = z.clone().requires_grad_(true), value = loss.call(x, y);
                value.backward();
                x.grad!.Dispose();
                images.call(x, y).Dispose();
                images.call(y, z).Dispose();
                Assert.ThrowsAny<ArgumentException>(() => loss.call(x, null!));
            }
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Constructor_InsideACallersScope_OutlivesIt(string name)
    {
        Loss<Tensor, Tensor, Tensor> loss;
        Tensor x = Case(name).Images(1, ScalarType.Float32), y = TestImages.Noisy(x, 0.3);
        using (NewDisposeScope())
        {
            loss = Create(name);
            loss.call(x, y);
        }

        Assert.True(loss.call(x, y).item<float>() > 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Constructor_UnknownReduction_NamesIt(string name)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>("options", () => Case(name).Create((nn.Reduction)7));
        Assert.Contains("Reduction is 7; expected one of None, Mean, Sum", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_Misused_NamesArgumentGotAndExpected(string name)
    {
        LossCase tested = Case(name);
        Loss<Tensor, Tensor, Tensor> loss = Create(name);
        Tensor x = tested.Images(1, ScalarType.Float32);
        AssertRefused("restored", "expected four dimensions, (N, ", x[0], x[0]);
        AssertRefused("restored", "at least one image", x[..0], x[..0]);
        AssertRefused("restored", "0 channels", x[.., ..0], x[.., ..0]);
        AssertRefused(
            "restored",
            $"expected at least {tested.MinimumSide} either way",
            x[.., .., ..(tested.MinimumSide - 1)],
            x[.., .., ..(tested.MinimumSide - 1)]);
        AssertRefused("restored", "Byte; expected floating point", x.to(ScalarType.Byte), x.to(ScalarType.Byte));
        AssertRefused("reference", "that of restored", x, x[..1]);
        AssertRefused("reference", "that of restored", x, x[.., .., 1..]);
        AssertRefused("reference", "type Float64; expected Float32", x, x.to(ScalarType.Float64));
        AssertRefused("reference", "on meta; expected cpu", x, x.to(META));
        if (tested.NeedsChannels)
        {
            AssertRefused("restored", $"2 channels (shape (2, 2, {x.shape[2]}, {x.shape[3]})); expected 3", x[.., ..2], x[.., ..2]);
            AssertRefused("restored", "where the loss is (move it with loss.to(device))", x.to(META), x.to(META));
        }

        Assert.Throws<ArgumentNullException>("restored", () => loss.forward(null!, x));
        Assert.Throws<ArgumentNullException>("reference", () => loss.forward(x, null!));

        void AssertRefused(string argument, string said, Tensor restored, Tensor reference) => Assert.Contains(
            said, Assert.Throws<ArgumentException>(argument, () => loss.call(restored, reference)).Message, StringComparison.Ordinal);
    }

    private static LossCase Case(string name) => LossCases.All.Single(c => c.Name == name);

    private static void AssertFinite(Tensor tensor) => Assert.True(tensor.isfinite().all().item<bool>());

    private Loss<Tensor, Tensor, Tensor> Create(string name, nn.Reduction reduction = nn.Reduction.Mean)
    {
        if (!losses.TryGetValue((name, reduction), out Loss<Tensor, Tensor, Tensor>? loss))
        {
            loss = Case(name).Create(reduction);
            losses.Add((name, reduction), loss);
        }

        return loss;
    }

    private sealed class Parent : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear layer = nn.Linear(2, 2);
        private readonly Loss<Tensor, Tensor, Tensor> criterion;

        public Parent(Loss<Tensor, Tensor, Tensor> criterion)
            : base(nameof(Parent))
        {
            this.criterion = criterion;
            RegisterComponents();
        }

        public Loss<Tensor, Tensor, Tensor> Criterion => criterion;

        public override Tensor forward(Tensor input) => layer.call(input);
    }
}
