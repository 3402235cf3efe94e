using Mdf.Data;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Models.Restoration;
using Mdf.Testing;
using Mdf.Testing.Networks;
using Mdf.TorchCompatibility;
using Mdf.Training.Restoration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using L1Loss = Mdf.Losses.L1Loss;

namespace Mdf.Training.Tests.Restoration;

/// <summary>Tests trainings whose network computes in 16 bits.</summary>
public sealed class MixedPrecisionTests : IDisposable
{
    private static readonly RestorationTrainingOptions Small =
        new() { Steps = 6, BatchSize = 2, PatchSize = 16, LearningRate = 1e-3, SaveInterval = 1, LogInterval = 1 };

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();
    private readonly L1Loss loss = new();
    private readonly ImageList images = new([SyntheticImage.DeadLeaves(40, 32, seed: 1)], "leaves");

    public static TheoryData<string, RestorationPrecision> Cases
    {
        get
        {
            var cases = new TheoryData<string, RestorationPrecision>();
            foreach (string name in (string[])["dncnn", "edsr", "unet", "attention"])
            {
                cases.Add(name, RestorationPrecision.BFloat16);
                cases.Add(name, RestorationPrecision.Float16);
            }

            return cases;
        }
    }

    public void Dispose()
    {
        scope.Dispose();
        loss.Dispose();
        folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void AddGradient_Network_IsNearThatOfFloat32(string name, RestorationPrecision precision)
    {
        Require(precision);
        using RestorationNetwork full = Create(name), half = Create(name);
        Tensor input = SyntheticImage.DeadLeaves(32, 24, seed: 3);
        Tensor target = zeros(1, 3, input.shape[2] * full.Scale, input.shape[3] * full.Scale);
        full.train();
        half.train();

        // Dropout draws alike for both.
        random.manual_seed(1);
        LossOf(full.call(input)).backward();
        random.manual_seed(1);
        using (MixedPrecision mixed = MixedPrecision.For(half, precision)!)
        {
            Tensor value = mixed.AddGradient(input, LossOf, scale: 64);
            Assert.Equal((ScalarType.Float32, false), (value.dtype, value.requires_grad));
        }

        double tolerance = precision == RestorationPrecision.BFloat16 ? 0.1 : 0.02;
        Tensor expected = Gradient(full), actual = Gradient(half);
        Assert.InRange((actual - expected).norm().item<float>() / expected.norm().item<float>(), 1e-6, tolerance);
        Assert.Equal(full.parameters().Select(w => (w.dtype, w.requires_grad)), half.parameters().Select(w => (w.dtype, w.requires_grad)));

        // The hooks are gone, and the weights are those of before.
        half.eval();
        full.eval();
        TensorAssert.Near(full.call(input), half.call(input), 1e-2);
        Assert.Equal(ScalarType.Float32, half.call(input).dtype);

        Tensor LossOf(Tensor restored)
        {
            Assert.Equal(ScalarType.Float32, restored.dtype);
            return (restored - target).square().mean();
        }

        static Tensor Gradient(RestorationNetwork network) =>
            cat([.. network.parameters().Select(w => w.grad).OfType<Tensor>().Select(g => g.flatten())]);
    }

    [Theory]
    [InlineData(RestorationPrecision.BFloat16)]
    [InlineData(RestorationPrecision.Float16)]
    public void Train_300Steps_EndsAsGoodAsInFloat32(RestorationPrecision precision)
    {
        TestLength.SkipUnlessFull("It trains six networks for 300 steps");
        Require(precision);
        var photographs = new ImageFolder(ReferenceData.FilePath(Path.Combine("data", "bsds", "train")));
        var validation = new ImageFolder(ReferenceData.FilePath(Path.Combine("data", "bsds", "val")));
        var gains = new List<double>();
        for (long seed = 1; seed <= 3; seed++)
        {
            double full = Psnr(RestorationPrecision.Full, seed), half = Psnr(precision, seed);
            TestContext.Current.SendDiagnosticMessage($"seed {seed}: Full {full:f3} dB, {precision} {half:f3} dB");
            gains.Add(half - full);
        }

        Assert.InRange(gains.Average(), -0.05, 0.05);

        double Psnr(RestorationPrecision used, long seed)
        {
            using var network = new DnCnn(new DnCnnOptions { Layers = 5, Width = 16, Normalization = true, Biases = true }, seed);
            var options = new RestorationTrainingOptions
            {
                Steps = 300,
                BatchSize = 8,
                PatchSize = 32,
                LearningRate = 1e-3,
                Schedule = LearningRateSchedule.Cosine(0.01),
                ValidationInterval = 300,
                CheckImages = false,
                Seed = seed,
                Precision = used,
                Validation = new RestorationEvaluationOptions { MaximumCount = 20 },
            };
            var input = new RestorationTrainingInput
            {
                Network = network,
                Loss = loss,
                Images = photographs,
                Degradation = new GaussianNoise(25),
                Validation = validation,
            };
            RestorationTrainingResult result =
                new RestorationTrainer(options).Train(input, cancellation: TestContext.Current.CancellationToken);
            Assert.True(result.Validation!.Psnr > result.Validation.DegradedPsnr + 4, $"{result.Validation.Psnr:f2} dB");
            return result.Validation.Psnr;
        }
    }

    [Fact]
    public void Train_ValidationsBetweenSteps_ComputeInFloat32()
    {
        // libtorch computes this network, because its width is no multiple of 16.
        using var network = new DnCnn(new DnCnnOptions { Layers = 4, Width = 12, Normalization = true, Biases = true }, seed: 1);
        var input = new RestorationTrainingInput
        {
            Network = network,
            Loss = loss,
            Images = images,
            Degradation = new GaussianNoise(25),
            Validation = images,
        };
        RestorationTrainingResult result = new RestorationTrainer(
            Small with { Precision = RestorationPrecision.BFloat16, ValidationInterval = 2 })
            .Train(input, cancellation: TestContext.Current.CancellationToken);
        RestorationScores after = RestorationEvaluation.Evaluate(
            network, images, new GaussianNoise(25), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(after.Psnr, result.Validation!.Psnr);
    }

    [Fact]
    public void Train_BFloat16_ComputesInItExceptInNormalizationAndLoss()
    {
        var seen = new Dictionary<string, ScalarType>();
        using DnCnn network = TestNetworks.Denoiser();
        List<Action> removals = [];
        foreach (nn.Module module in network.modules())
        {
            if (module is nn.Module<Tensor, Tensor> layer and (Conv2d or SafeBatchNorm2d))
            {
                removals.Add(layer.register_forward_hook((_, input, output) =>
                {
                    seen.TryAdd(layer.GetType().Name, input.dtype);
                    return output;
                }).remove);
            }
        }

        Train(network, Small with { Steps = 1, Precision = RestorationPrecision.BFloat16 });
        removals.ForEach(remove => remove());
        Assert.Equal((ScalarType.BFloat16, ScalarType.Float32), (seen[nameof(Conv2d)], seen[nameof(SafeBatchNorm2d)]));
        Assert.All(network.buffers().Where(b => b.is_floating_point()), b => Assert.Equal(ScalarType.Float32, b.dtype));
        using DnCnn fresh = TestNetworks.Denoiser();
        Assert.NotEqual(fresh.buffers().First().sum().item<float>(), network.buffers().First().sum().item<float>());
    }

    [Theory]
    [InlineData(RestorationPrecision.BFloat16)]
    [InlineData(RestorationPrecision.Float16)]
    public void Train_StoppedAndResumed_GivesTheSameWeights(RestorationPrecision precision)
    {
        Require(precision);
        RestorationTrainingOptions options = Small with { Precision = precision, BatchParts = 2, EmaDecay = 0.9, GradientClipNorm = 1 };
        using RestorationNetwork whole = TestNetworks.Denoiser(), part = TestNetworks.Denoiser(), resumed = TestNetworks.Denoiser();
        Train(whole, options);
        using var stop = new CancellationTokenSource();
        Train(part, options, new Reporter(p => CancelAt(p.Step, 3, stop)), cancellation: stop.Token);
        Assert.Equal(3, RestorationTrainer.FindSaved(folder.FullName)!.Step);
        Train(resumed, options, output: true);
        foreach ((string name, Tensor weight) in whole.state_dict())
        {
            TensorAssert.Near(weight, resumed.state_dict()[name], 0);
        }
    }

    [Fact]
    public void Train_Float16WhoseGradientOverflows_LeavesStepsOutAndGoesOn()
    {
        Require(RestorationPrecision.Float16);
        using DnCnn network = TestNetworks.Denoiser();
        var loud = new Loud();
        RestorationTrainingOptions options = Small with { Steps = 24, Precision = RestorationPrecision.Float16 };
        using DnCnn before = TestNetworks.Denoiser();
        Train(network, options with { Steps = 1 }, loss: loud);
        TensorAssert.Near(before.parameters().First(), network.parameters().First(), 0);
        RestorationTrainingResult result = Train(network, options, loss: loud);
        Assert.True(result.IsComplete);
        Assert.False(before.parameters().First().equal(network.parameters().First()).all().item<bool>());
        Assert.All(network.parameters(), w => Assert.True(w.isfinite().all().item<bool>()));
    }

    [Fact]
    public void LossScale_Gradients_HalveAndDoubleIt()
    {
        using var scale = new LossScale();
        Assert.Equal(65536, scale.Factor);
        Assert.False(scale.Accept([tensor(1f), tensor(float.PositiveInfinity)]));
        Assert.False(scale.Accept([tensor(float.NaN)]));
        Assert.Equal((16384, 2), (scale.Factor, scale.LeftOut));
        for (int i = 0; i < 2000; i++)
        {
            Assert.True(scale.Accept([tensor(1f)]));
        }

        Assert.Equal((32768, 2), (scale.Factor, scale.LeftOut));
    }

    [Fact]
    public void Train_LayerWithNativeWeights_IsNamed()
    {
        using var network = new CustomNetwork(new Recurrent());
        string message = Assert.Throws<ArgumentException>(
            "network", () => Train(network, Small with { Precision = RestorationPrecision.BFloat16 })).Message;
        Assert.StartsWith(
            "The network has a layer of type LSTM, which computes in float32 alone; expected the precision Full.",
            message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(
            nameof(Small.Precision), () => new RestorationTrainer(Small with { Precision = (RestorationPrecision)7 }));
    }

    [Fact]
    public void Train_MixedPrecision_LeavesNoTensorBehind()
    {
        using DnCnn network = TestNetworks.Denoiser();
        RestorationTrainingOptions options = Small with { Precision = RestorationPrecision.BFloat16, Steps = 2 };
        Train(network, options);
        LiveTensors.AssertNoneLeft(() => Train(network, options));
    }

    private static void Require(RestorationPrecision precision)
    {
        ScalarType type = precision == RestorationPrecision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float16;
        if (HalfGradients.Fault(type, CPU) is { } fault)
        {
            Assert.Skip(fault);
        }
    }

    private static void CancelAt(int step, int stopped, CancellationTokenSource stop)
    {
        if (step == stopped)
        {
            stop.Cancel();
        }
    }

    private static RestorationNetwork Create(string name) => name switch
    {
        "dncnn" => TestNetworks.Denoiser(),
        "edsr" => TestNetworks.Enlarger(),
        "unet" => new CustomNetwork(new UNet(), new CustomNetworkOptions { ReceptiveRadius = UNet.Radius, SideMultiple = UNet.Multiple }),
        _ => new CustomNetwork(new AttentionNetwork()),
    };

    private RestorationTrainingResult Train(
        RestorationNetwork network,
        RestorationTrainingOptions options,
        IProgress<RestorationTrainingProgress>? progress = null,
        bool output = false,
        nn.Module<Tensor, Tensor, Tensor>? loss = null,
        CancellationToken? cancellation = null) =>
        new RestorationTrainer(options).Train(
            network,
            loss ?? this.loss,
            images,
            new GaussianNoise(25),
            outputFolder: output || progress is not null ? folder.FullName : null,
            progress: progress,
            cancellation: cancellation ?? TestContext.Current.CancellationToken);

    /// <summary>A loss whose gradient, scaled, exceeds the range of float16.</summary>
    private sealed class Loud() : Loss<Tensor, Tensor, Tensor>(nn.Reduction.Mean)
    {
        public override Tensor forward(Tensor restored, Tensor reference) => (restored - reference).abs().sum().Times(30);
    }

    /// <summary>A network with a layer whose weights libtorch keeps to itself.</summary>
    private sealed class Recurrent : nn.Module<Tensor, Tensor>
    {
        private readonly LSTM layer = nn.LSTM(3, 3);

        public Recurrent()
            : base(nameof(Recurrent)) => RegisterComponents();

        public override Tensor forward(Tensor input) => input + layer.parameters().First().sum();
    }
}
