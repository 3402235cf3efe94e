using Mdf.Checkpoints;
using Mdf.Losses.Discriminators;
using Mdf.Models.Adversarial;
using Mdf.Testing;
using Mdf.TorchCompatibility;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests;

public sealed class MdfLossTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly DiscriminatorPyramid pyramid = TestPyramid.Create(3, 4, 5);

    public void Dispose()
    {
        pyramid.Dispose();
        scope.Dispose();
    }

    [Theory]
    [InlineData(MdfInputRange.ZeroToOne)]
    [InlineData(MdfInputRange.MinusOneToOne)]
    public void Terms_AnyRange_AreThoseOfTheUnfoldedDiscriminators(MdfInputRange range)
    {
        using var loss = new MdfLoss(pyramid, new MdfLossOptions { InputRange = range });
        Tensor x = TestPyramid.Images(1, ScalarType.Float64, 2, 3, 14, 17), y = TestPyramid.Images(2, ScalarType.Float64, 2, 3, 14, 17);
        pyramid.to(ScalarType.Float64);

        Tensor terms = loss.Terms(x, y);

        Assert.Equal([2, 3, 3], terms.shape);
        for (int k = 0; k < 3; k++)
        {
            Tensor Seen(Tensor v) => range == MdfInputRange.ZeroToOne ? v : (2 * v) - 1;
            (Tensor Head, Tensor Body, Tensor Tail) fx = pyramid.Scales[k].Features(Seen(x)), fy = pyramid.Scales[k].Features(Seen(y));
            Tensor expected = stack([Distance(fx.Head, fy.Head), Distance(fx.Body, fy.Body), Distance(fx.Tail, fy.Tail)], 1);
            TensorAssert.RelativelyNear(expected, terms[.., k], 1e-11);
        }

        static Tensor Distance(Tensor a, Tensor b) => (a - b).pow(2).mean([1, 2, 3]);
    }

    [Fact]
    public void Forward_Reductions_AgreeWithEachOther()
    {
        Tensor x = TestPyramid.Images(1, ScalarType.Float64, 3, 3, 12, 13), y = TestPyramid.Images(2, ScalarType.Float64, 3, 3, 12, 13);
        Tensor images = Loss(nn.Reduction.None).call(x, y);

        Assert.Equal([3], images.shape);
        TensorAssert.RelativelyNear(images.mean(), Loss(nn.Reduction.Mean).call(x, y), 1e-14);
        TensorAssert.RelativelyNear(images.sum(), Loss(nn.Reduction.Sum).call(x, y), 1e-14);
        TensorAssert.RelativelyNear(images[1], Loss(nn.Reduction.None).call(x[1..2], y[1..2])[0], 1e-12);
        TensorAssert.RelativelyNear(images, Loss(nn.Reduction.None).Terms(x, y).sum([1, 2]), 1e-14);
    }

    [Fact]
    public void Forward_SwappedImages_GiveTheSame()
    {
        Tensor x = TestPyramid.Images(1, ScalarType.Float64, 2, 3, 12, 12), y = TestPyramid.Images(2, ScalarType.Float64, 2, 3, 12, 12);
        TensorAssert.RelativelyNear(Loss().call(x, y), Loss().call(y, x), 1e-14);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Forward_SameImage_IsZeroWithZeroGradient(ScalarType dtype)
    {
        Tensor x = TestPyramid.Images(1, dtype, 2, 3, 12, 12).requires_grad_(true);
        Tensor value = Loss().call(x, x.detach().clone());
        value.backward();
        Assert.Equal(0, value.to(ScalarType.Float64).item<double>());
        Assert.Equal(0, x.grad!.abs().max().to(ScalarType.Float64).item<double>());
    }

    [Fact]
    public void Forward_MoreNoise_IsMore()
    {
        Tensor y = TestPyramid.Images(
            1, ScalarType.Float32, 1, 3, 24, 24), noise = TestPyramid.Images(2, ScalarType.Float32, 1, 3, 24, 24) - 0.5;
        double[] values = [.. Enumerable.Range(0, 4).Select(i => (double)Loss().call(y + (noise * 0.05 * (1 << i)), y).item<float>())];
        Assert.Equal(values.Order(), values);
        Assert.True(values[0] > 0);
    }

    [Theory]
    [InlineData(nn.Reduction.None)]
    [InlineData(nn.Reduction.Mean)]
    [InlineData(nn.Reduction.Sum)]
    public void Backward_OfEachReduction_IsTheNumericalGradient(nn.Reduction reduction)
    {
        MdfLoss loss = Loss(reduction);
        Tensor x = TestPyramid.Images(1, ScalarType.Float64, 2, 3, 11, 12), y = TestPyramid.Images(2, ScalarType.Float64, 2, 3, 11, 12);
        // For None, a weighting of the images stands for whatever the caller does with them.
        Tensor weights = tensor([0.3, 1.7]);
        Tensor Value(Tensor restored, Tensor reference) =>
            loss.call(restored, reference) is { ndim: 1 } images ? (images * weights).sum() : loss.call(restored, reference);

        AssertGradient(x, v => Value(v, y));
        AssertGradient(y, v => Value(x, v));
    }

    [Fact]
    public void Backward_Twice_IsTheNumericalSecondDerivative()
    {
        MdfLoss loss = Loss();
        Tensor x = TestPyramid.Images(1, ScalarType.Float64, 1, 3, 11, 12), y = TestPyramid.Images(2, ScalarType.Float64, 1, 3, 11, 12);
        Tensor direction = TestPyramid.Images(3, ScalarType.Float64, 1, 3, 11, 12) - 0.5;

        AssertGradient(x, v =>
        {
            Tensor point = v.requires_grad ? v : v.detach().requires_grad_(true);
            Tensor gradient = autograd.grad([loss.call(point, y)], [point], retain_graph: true, create_graph: true)[0];
            return (gradient * direction).sum();
        });
    }

    [Fact]
    public void Backward_ReferenceThatRequiresGradients_GetsThem()
    {
        Tensor x = TestPyramid.Images(
            1,
            ScalarType.Float64,
            1,
            3,
            12,
            12).requires_grad_(true), y = TestPyramid.Images(2, ScalarType.Float64, 1, 3, 12, 12).requires_grad_(true);
        IList<Tensor> both = autograd.grad([Loss().call(x, y)], [x, y]);
        TensorAssert.Near(autograd.grad([Loss().call(x, y.detach())], [x])[0], both[0], 1e-14);
        TensorAssert.Near(autograd.grad([Loss().call(y, x.detach())], [y])[0], both[1], 1e-14);
        Assert.True(both[1].abs().max().item<double>() > 0);
    }

    [Fact]
    public void Backward_ImagesChangedInPlaceSince_IsTheGradientBefore()
    {
        Tensor leaf = TestPyramid.Images(1, ScalarType.Float32, 1, 3, 12, 12).requires_grad_(true);
        Tensor expected = autograd.grad([Loss().call(leaf, leaf.detach() * 0.5)], [leaf])[0];
        Tensor x = leaf * 1;
        Tensor value = Loss().call(x, leaf.detach() * 0.5);
        x.add_(1);
        value.backward();
        TensorAssert.Equal(expected, leaf.grad!);
    }

    [Fact]
    public void Backward_DifferentiableAndImagesChangedInPlaceSince_IsNaNAndTheNextCallThrows()
    {
        MdfLoss loss = Loss();
        Tensor leaf = TestPyramid.Images(1, ScalarType.Float32, 1, 3, 12, 12).requires_grad_(true);
        Tensor x = leaf * 1, reference = leaf.detach() * 0.5;
        Tensor value = loss.call(x, reference);
        x.add_(1);
        Tensor gradient = autograd.grad([value], [leaf], create_graph: true)[0];
        Assert.True(gradient.isnan().all().item<bool>());

        var error = Assert.Throws<InvalidOperationException>(() => loss.call(leaf, reference));
        Assert.Contains("modified by an inplace operation", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.InnerException);
        Assert.True(loss.call(leaf, reference).isfinite().item<bool>());
    }

    [Fact]
    public void Backward_TwiceOnOneGraph_AddsUp()
    {
        Tensor x = TestPyramid.Images(1, ScalarType.Float32, 1, 3, 12, 12).requires_grad_(true);
        Tensor value = Loss().call(x, x.detach() * 0.5);
        autograd.backward([value], retain_graph: true);
        Tensor once = x.grad!.clone();
        value.backward();
        TensorAssert.Near(once * 2, x.grad!, 1e-6 * once.abs().max().item<float>());
    }

    [Fact]
    public void Forward_UnderNoGrad_KeepsNoGraph()
    {
        Tensor x = TestPyramid.Images(1, ScalarType.Float32, 1, 3, 12, 12).requires_grad_(true);
        using (no_grad())
        {
            Assert.False(Loss().call(x, x * 0.5).requires_grad);
        }

        Assert.True(Loss().call(x, x.detach() * 0.5).requires_grad);
        Assert.False(Loss().call(x.detach(), x.detach() * 0.5).requires_grad);
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void Forward_HalfPrecision_IsComputedInFloat32(ScalarType dtype)
    {
        Tensor x = TestPyramid.Images(
            1,
            ScalarType.Float32,
            1,
            3,
            12,
            12).to(dtype).requires_grad_(true), y = TestPyramid.Images(2, ScalarType.Float32, 1, 3, 12, 12).to(dtype);
        Tensor value = Loss().call(x, y);
        value.backward();
        Assert.Equal(ScalarType.Float32, value.dtype);
        TensorAssert.RelativelyNear(Loss().call(x.detach().to(ScalarType.Float32), y.to(ScalarType.Float32)), value, 1e-6);
        Assert.Equal(dtype, x.grad!.dtype);
        Assert.True(x.grad.isfinite().all().item<bool>());
    }

    [Fact]
    public void Forward_NonContiguousImages_GiveTheSame()
    {
        Tensor x = TestPyramid.Images(1, ScalarType.Float64, 2, 3, 12, 15), y = TestPyramid.Images(2, ScalarType.Float64, 2, 3, 12, 15);
        Tensor Strided(Tensor t) => t.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        Assert.False(Strided(x).is_contiguous());
        TensorAssert.RelativelyNear(Loss().call(x, y), Loss().call(Strided(x), Strided(y)), 1e-12);
    }

    [Fact]
    public void Options_ScalesAndLayers_AreChosen()
    {
        Tensor x = TestPyramid.Images(1, ScalarType.Float64, 1, 3, 12, 12), y = TestPyramid.Images(2, ScalarType.Float64, 1, 3, 12, 12);
        Tensor all = Loss().Terms(x, y);

        using var coarse = new MdfLoss(pyramid, new MdfLossOptions { ScaleCount = 2 });
        TensorAssert.Equal(all[.., ..2], coarse.Terms(x, y));
        using var fine = new MdfLoss(pyramid, new MdfLossOptions { ScaleCount = 2, ScaleOrder = MdfScaleOrder.FinestFirst });
        TensorAssert.Equal(stack([all[.., 2], all[.., 1]], 1), fine.Terms(x, y));
        using var body = new MdfLoss(pyramid, new MdfLossOptions { Layers = MdfLayers.Body });
        TensorAssert.Equal(all[.., .., 1..2], body.Terms(x, y));
        using var ends = new MdfLoss(pyramid, new MdfLossOptions { Layers = MdfLayers.Head | MdfLayers.Tail });
        TensorAssert.Equal(stack([all[.., .., 0], all[.., .., 2]], 2), ends.Terms(x, y));
        using var head = new MdfLoss(pyramid, new MdfLossOptions { Layers = MdfLayers.Head });
        TensorAssert.RelativelyNear(all[.., .., 0].sum(), head.call(x, y), 1e-13);
    }

    [Fact]
    public void ScaleCount_NineScales_DefaultsToThePublishedEight()
    {
        using var nine = TestPyramid.Create(1, 1, 1, 1, 1, 1, 1, 1, 1);
        using var loss = new MdfLoss(nine);
        Assert.Equal(8, loss.ScaleCount);
        Assert.Equal(3, Loss().ScaleCount);
        Assert.Equal(11, loss.MinimumSide);
    }

    [Theory]
    [InlineData(nn.Reduction.None)]
    [InlineData(nn.Reduction.Mean)]
    public void Prepare_Reference_GivesTheSameLossAndGradient(nn.Reduction reduction)
    {
        MdfLoss loss = Loss(reduction);
        Tensor x = TestPyramid.Images(
            1, ScalarType.Float64, 2, 3, 12, 13).requires_grad_(true), y = TestPyramid.Images(2, ScalarType.Float64, 2, 3, 12, 13);
        loss.call(x, y).sum().backward();
        Tensor expected = x.grad!.clone();

        PreparedReference prepared;
        using (NewDisposeScope())
        {
            prepared = loss.Prepare(y).MoveToOuterDisposeScope();
        }

        using (prepared)
        {
            for (int i = 0; i < 2; i++)
            {
                x.grad.zero_();
                Tensor value = loss.call(x, prepared);
                value.sum().backward();
                TensorAssert.RelativelyNear(loss.call(x.detach(), y), value, 1e-14);
                TensorAssert.Near(expected, x.grad, 1e-14);
            }
        }
    }

    [Fact]
    public void Prepare_NotDisposed_GoesWithItsDisposeScope()
    {
        MdfLoss loss = Loss();
        Tensor x = TestPyramid.Images(1, ScalarType.Float32, 1, 3, 12, 12), y = TestPyramid.Images(2, ScalarType.Float32, 1, 3, 12, 12);
        PreparedReference? prepared = null;
        LiveTensors.AssertNoneLeft(() =>
        {
            using var inner = NewDisposeScope();
            prepared = loss.Prepare(y);
            loss.call(x, prepared);
        });
        Assert.Contains(
            "dispose scope", Assert.Throws<ObjectDisposedException>(() => loss.call(x, prepared!)).Message, StringComparison.Ordinal);

        using (NewDisposeScope())
        {
            prepared = loss.Prepare(y).DetachFromDisposeScope();
        }

        using (prepared)
        {
            TensorAssert.RelativelyNear(loss.call(x, y), loss.call(x, prepared), 1e-6);
        }
    }

    [Fact]
    public void Prepare_Misused_Throws()
    {
        MdfLoss loss = Loss(), other = Loss();
        Tensor x = TestPyramid.Images(1, ScalarType.Float32, 1, 3, 12, 12);
        PreparedReference prepared = loss.Prepare(x);
        Assert.Equal("reference", Assert.Throws<ArgumentException>(() => other.call(x, prepared)).ParamName);
        Assert.Equal("reference", Assert.Throws<ArgumentException>(() => loss.call(zeros(1, 3, 12, 13), prepared)).ParamName);
        Assert.Equal("reference", Assert.Throws<ArgumentException>(() => loss.call(x.to(ScalarType.Float64), prepared)).ParamName);
        Assert.Equal("reference", Assert.Throws<ArgumentNullException>(() => loss.call(x, (PreparedReference)null!)).ParamName);
        prepared.Dispose();
        Assert.Throws<ObjectDisposedException>(() => loss.call(x, prepared));
    }

    [Fact]
    public void Module_IsFrozen_WhateverItsParentDoes()
    {
        using var parent = new Parent(Loss());
        Tensor x = TestPyramid.Images(1, ScalarType.Float32, 2, 3, 12, 12), y = TestPyramid.Images(2, ScalarType.Float32, 2, 3, 12, 12);
        float before = parent.Criterion.call(x, y).item<float>();

        parent.train();
        Assert.False(parent.Criterion.training);
        Assert.Equal(before, parent.Criterion.call(x, y).item<float>());
        Assert.Equal(["layer.bias", "layer.weight"], parent.named_parameters().Select(p => p.name).Order());
        Assert.Equal(2, parent.state_dict().Count);
    }

    [Fact]
    public void Module_ConvertedToAnotherType_KeepsItsPrecision()
    {
        MdfLoss loss = Loss();
        Tensor x = TestPyramid.Images(1, ScalarType.Float64, 1, 3, 12, 12), y = TestPyramid.Images(2, ScalarType.Float64, 1, 3, 12, 12);
        double before = loss.call(x, y).item<double>();
        loss.to(ScalarType.Float32);
        Assert.Equal(before, loss.call(x, y).item<double>());
        loss.to(ScalarType.BFloat16);
        Assert.Equal(before, loss.call(x, y).item<double>());
    }

    [Fact]
    public void To_Device_MovesEverythingThere()
    {
        // The meta device, which has shapes but no memory, stands for any other one.
        MdfLoss loss = Loss();
        loss.to(META);
        Tensor onMeta = zeros(1, 3, 12, 12, device: META);
        Assert.All(
            loss.Network.On(ScalarType.Float32).SelectMany(d => Assert.IsType<DiscriminatorStack>(d).Weights),
            w => Assert.Equal(DeviceType.META, w.device_type));
        Assert.Contains(
            "loss.to(device)",
            Assert.Throws<ArgumentException>(() => loss.call(zeros(1, 3, 12, 12), zeros(1, 3, 12, 12))).Message,
            StringComparison.Ordinal);

        loss.to(CPU);
        Assert.Equal(DeviceType.CPU, loss.call(zeros(1, 3, 12, 12), zeros(1, 3, 12, 12)).device_type);
        Assert.Equal("restored", Assert.Throws<ArgumentException>(() => loss.call(onMeta, onMeta)).ParamName);
        Assert.Equal("reference", Assert.Throws<ArgumentException>(() => loss.call(zeros(1, 3, 12, 12), onMeta)).ParamName);
    }

    [Fact]
    public void To_Cuda_GivesTheSameLoss()
    {
        Assert.SkipUnless(cuda.is_available(), "no CUDA device");
        MdfLoss loss = Loss();
        Tensor x = TestPyramid.Images(1, ScalarType.Float64, 2, 3, 32, 32), y = TestPyramid.Images(2, ScalarType.Float64, 2, 3, 32, 32);
        double expected = loss.call(x, y).item<double>();
        loss.cuda();
        Assert.Equal(expected, loss.call(x.cuda(), y.cuda()).item<double>(), 1e-9 * expected);
    }

    [Fact]
    public void ForwardAndBackward_ManyTimes_LeaveNoTensor()
    {
        MdfLoss loss = Loss();
        Tensor y = TestPyramid.Images(2, ScalarType.Float32, 1, 3, 12, 12);
        LiveTensors.AssertNoneLeft(() =>
        {
            for (int i = 0; i < TestLength.Of(full: 1000, usual: 200); i++)
            {
                using Tensor x = y.mul(0.9).requires_grad_(true);
                using Tensor value = loss.call(x, y);
                value.backward();
                x.grad!.Dispose();
            }
        });
    }

    [Fact]
    public void EveryPublicMethod_Disposed_LeavesNoTensor()
    {
        Tensor x = TestPyramid.Images(1, ScalarType.Float32, 1, 3, 12, 12), wide = x.to(ScalarType.Float64);
        LiveTensors.AssertNoneLeft(() =>
        {
            using var loss = new MdfLoss(pyramid);
            loss.call(x, x).Dispose();
            loss.call(wide, wide).Dispose();
            loss.Terms(x, x).Dispose();
            using PreparedReference prepared = loss.Prepare(x);
            loss.call(x, prepared).Dispose();
            loss.to(META);
            loss.to(CPU);
            Assert.Throws<ArgumentException>(() => loss.call(x, wide));
        });
    }

    [Fact]
    public void Constructor_InsideACallersScope_OutlivesIt()
    {
        MdfLoss loss;
        Tensor x = TestPyramid.Images(1, ScalarType.Float32, 1, 3, 12, 12);
        using (NewDisposeScope())
        {
            loss = new MdfLoss(pyramid);
            loss.call(x, x * 0.5).Dispose();
        }

        using (loss)
        {
            Assert.True(loss.call(x, x * 0.5).item<float>() > 0);
        }
    }

    [Fact]
    public void Constructor_PyramidChangedAfterwards_DoesNotMatter()
    {
        pyramid.to(ScalarType.Float64);
        MdfLoss loss = Loss();
        Tensor x = TestPyramid.Images(1, ScalarType.Float64, 1, 3, 12, 12);
        double before = loss.call(x, x * 0.5).item<double>();
        using (no_grad())
        {
            foreach (var parameter in pyramid.parameters())
            {
                parameter.zero_();
            }
        }

        Assert.Equal(before, loss.call(x, x * 0.5).item<double>());
    }

    [Fact]
    public void Constructor_Path_LoadsEitherExtensionByContent()
    {
        using var folder = new TemporaryFolder();
        pyramid.Save(folder.PathOf("a.pth"));
        using var loss = new MdfLoss(folder.PathOf("a.pth"));
        Tensor x = TestPyramid.Images(1, ScalarType.Float64, 1, 3, 12, 12);
        Assert.Equal(Loss().call(x, x * 0.5).item<double>(), loss.call(x, x * 0.5).item<double>());
    }

    [Fact]
    public void Constructor_ObjectBesideTheWeights_IsListedAndLogged()
    {
        using var folder = new TemporaryFolder();
        var pickle = new PickleAssembler().Operation('}').Operation('(')
            .Text("settings").Global("functools", "partial").Operation('(').Operation('t').Operation('R')
            .Text("state_dict").Operation('}').Operation('(');
        var storages = new List<(string, byte[])>();
        foreach ((string name, Tensor weight) in pyramid.state_dict())
        {
            if (weight.is_floating_point())
            {
                string key = storages.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
                pickle.Text(name).Tensor(key, "FloatStorage", weight.numel(), weight.shape, weight.contiguous().stride());
                storages.Add((key, weight.contiguous().bytes.ToArray()));
            }
        }

        File.WriteAllBytes(folder.PathOf("a.pth"), pickle.Operation('u').Operation('u').ToZipFile([.. storages]));
        var logger = new ListLogger();
        using var loss = new MdfLoss(folder.PathOf("a.pth"), logger: logger);
        Assert.Equal(
            $"Left out objects beside the weights of {folder.PathOf("a.pth")}: functools.partial.", logger.Messages[^1]);
        using var loaded = DiscriminatorPyramid.Load(folder.PathOf("a.pth"));
        Assert.Equal(["functools.partial"], loaded.Ignored);
        Assert.Empty(pyramid.Ignored);
    }

    [Fact]
    public void Constructor_Path_TellsTheLogger()
    {
        using var folder = new TemporaryFolder();
        pyramid.Save(folder.PathOf("a.ckpt"));
        var logger = new ListLogger();
        using var loss = new MdfLoss(folder.PathOf("a.ckpt"), logger: logger);
        Assert.Contains("3 frozen discriminators", Assert.Single(logger.Messages), StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_FileThatIsNotThereOrNotOne_Throws()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<FileNotFoundException>(() => new MdfLoss(folder.PathOf("none.ckpt")));
        File.WriteAllText(folder.PathOf("bad.ckpt"), "no checkpoint");
        Assert.Throws<CheckpointFormatException>(() => new MdfLoss(folder.PathOf("bad.ckpt")));
        Assert.Equal("weights", Assert.Throws<ArgumentException>(() => new MdfLoss("")).ParamName);
        Assert.Equal("weights", Assert.Throws<ArgumentNullException>(() => new MdfLoss((DiscriminatorPyramid)null!)).ParamName);
    }

    [Theory]
    [InlineData("scale.1.body.block2.conv.weight", double.NaN, "NaN")]
    [InlineData("scale.0.head.norm.running_mean", double.PositiveInfinity, "NaN or infinite")]
    [InlineData("scale.2.body.block1.norm.running_var", -1, "negative")]
    public void Constructor_WeightsThatCannotBe_NamesThem(string name, double value, string reason)
    {
        using (no_grad())
        {
            pyramid.state_dict()[name].fill_(value);
        }

        var error = Assert.Throws<ArgumentException>(() => new MdfLoss(pyramid));
        Assert.Equal("weights", error.ParamName);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains(name["scale.1.".Length..], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_OptionsOutOfRange_NamesThem()
    {
        void Refused(MdfLossOptions options, string said)
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(() => new MdfLoss(pyramid, options));
            Assert.Equal("options", error.ParamName);
            Assert.Contains(said, error.Message, StringComparison.Ordinal);
        }

        Refused(new MdfLossOptions { ScaleCount = 4 }, "ScaleCount is 4; expected 1 to 3");
        Refused(new MdfLossOptions { ScaleCount = 0 }, "ScaleCount is 0");
        Refused(new MdfLossOptions { Layers = MdfLayers.None }, "Layers is None");
        Refused(new MdfLossOptions { Layers = (MdfLayers)9 }, "Layers is 9");
        Refused(new MdfLossOptions { ScaleOrder = (MdfScaleOrder)7 }, "7");
        Refused(new MdfLossOptions { InputRange = (MdfInputRange)7 }, "7");
        Refused(new MdfLossOptions { Reduction = (nn.Reduction)7 }, "7");
    }

    [Fact]
    public void Constructor_DiscriminatorsOfDifferentChannels_Throws()
    {
        using var mixed = new DiscriminatorPyramid([new MdfDiscriminator(2), new MdfDiscriminator(2, inputChannels: 1)]);
        Assert.Contains("3, 1 channels", Assert.Throws<ArgumentException>(() => new MdfLoss(mixed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Forward_GreyDiscriminators_TakeGreyImages()
    {
        using var grey = new DiscriminatorPyramid([new MdfDiscriminator(2, bodyBlocks: 1, inputChannels: 1)]);
        using var loss = new MdfLoss(grey);
        Assert.Equal(7, loss.MinimumSide);
        Assert.True(loss.call(zeros(1, 1, 7, 7), ones(1, 1, 7, 7)).item<float>() > 0);
    }

    public static TheoryData<string, long[], ScalarType, long[], ScalarType, string> Misuses => new()
    {
        {
            "restored", [3, 12, 12], ScalarType.Float32, [3, 12, 12], ScalarType.Float32,
            "(3, 12, 12); expected four dimensions, (N, 3, H, W)"
        },
        { "restored", [0, 3, 12, 12], ScalarType.Float32, [0, 3, 12, 12], ScalarType.Float32, "at least one image" },
        {
            "restored", [1, 1, 12, 12], ScalarType.Float32, [1, 1, 12, 12], ScalarType.Float32,
            "1 channels (shape (1, 1, 12, 12)); expected 3"
        },
        {
            "restored", [1, 3, 10, 12], ScalarType.Float32, [1, 3, 10, 12], ScalarType.Float32,
            "10 pixels high and 12 wide; expected at least 11"
        },
        { "restored", [1, 3, 12, 12], ScalarType.Byte, [1, 3, 12, 12], ScalarType.Byte, "type Byte; expected floating point" },
        { "reference", [1, 3, 12, 12], ScalarType.Float32, [1, 3, 12, 13], ScalarType.Float32, "(1, 3, 12, 13); expected (1, 3, 12, 12)" },
        { "reference", [2, 3, 12, 12], ScalarType.Float32, [1, 3, 12, 12], ScalarType.Float32, "(1, 3, 12, 12); expected (2, 3, 12, 12)" },
        { "reference", [1, 3, 12, 12], ScalarType.Float32, [1, 3, 12, 12], ScalarType.Float64, "type Float64; expected Float32" },
    };

    [Theory]
    [MemberData(nameof(Misuses))]
    public void Forward_Misused_NamesArgumentGotAndExpected(
        string name, long[] restored, ScalarType restoredType, long[] reference, ScalarType referenceType, string said)
    {
        var error = Assert.Throws<ArgumentException>(() => Loss().call(zeros(restored, restoredType), zeros(reference, referenceType)));
        Assert.Equal(name, error.ParamName);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Forward_Null_NamesTheArgument()
    {
        Tensor x = zeros(1, 3, 12, 12);
        Assert.Equal("restored", Assert.Throws<ArgumentNullException>(() => Loss().forward(null!, x)).ParamName);
        Assert.Equal("reference", Assert.Throws<ArgumentNullException>(() => Loss().forward(x, (Tensor)null!)).ParamName);
        Assert.Equal("reference", Assert.Throws<ArgumentNullException>(() => Loss().Prepare(null!)).ParamName);
    }

    private MdfLoss Loss(nn.Reduction reduction = nn.Reduction.Mean) => new(pyramid, new MdfLossOptions { Reduction = reduction });

    // Central differences along some pixels and one random direction; in float64 they agree to about 1e-8 of the largest gradient,
    // except where a step crosses the kink of a LeakyReLU, which the median leaves out.
    private static void AssertGradient(Tensor at, Func<Tensor, Tensor> function)
    {
        const double Step = 1e-6;
        Tensor point = at.detach().clone().requires_grad_(true);
        Tensor gradient = autograd.grad([function(point)], [point])[0];
        double scale = gradient.abs().max().item<double>();
        Assert.True(scale > 0);

        var errors = new List<double>();
        for (long pixel = 0; pixel < at.numel(); pixel += 37)
        {
            using var pixelScope = NewDisposeScope();
            Tensor step = zeros_like(at).flatten();
            step[pixel] = Step;
            step = step.reshape(at.shape);
            double numerical = (function(at + step).item<double>() - function(at - step).item<double>()) / (2 * Step);
            errors.Add(Math.Abs(numerical - gradient.flatten()[pixel].item<double>()) / scale);
        }

        errors.Sort();
        Assert.InRange(errors[errors.Count / 2], 0, 1e-7);
        Assert.InRange(errors[^1], 0, 1e-3);
    }

    private sealed class Parent : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear layer = nn.Linear(2, 2);
        private readonly MdfLoss criterion;

        public Parent(MdfLoss criterion)
            : base(nameof(Parent))
        {
            this.criterion = criterion;
            RegisterComponents();
        }

        public MdfLoss Criterion => criterion;

        public override Tensor forward(Tensor input) => layer.call(input);
    }
}
