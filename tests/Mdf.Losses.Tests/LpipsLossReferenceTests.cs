using Mdf.Checkpoints;
using Mdf.Losses.Perceptual;
using Mdf.Models.Perceptual;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests;

/// <summary>
/// Parity with the original package (lpips, version 0.1, normalize=True), computed in float64 with its own linear layers and the weights of
/// the formula for the networks, and stored.
/// </summary>
public sealed class LpipsLossReferenceTests : IDisposable
{
    private static readonly LpipsNetwork[] Networks = Enum.GetValues<LpipsNetwork>();
    private static readonly ScalarType[] Types = [ScalarType.Float32, ScalarType.Float64];

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly StateDictionary stored = ReferenceData.Open("lpips.safetensors");

    public static TheoryData<LpipsNetwork, ScalarType> NetworksAndTypes =>
        new(from network in Networks from dtype in Types select (network, dtype));

    public void Dispose()
    {
        stored.Dispose();
        scope.Dispose();
    }

    [Theory]
    [MemberData(nameof(NetworksAndTypes))]
    public void ForwardAndBackward_Photographs_AreTheOriginals(LpipsNetwork network, ScalarType dtype)
    {
        bool wide = dtype == ScalarType.Float64;
        string name = network.ToString().ToLowerInvariant();
        Tensor x = stored["x"].to(dtype, copy: true).requires_grad_(true), y = stored["y"].to(dtype);
        using FeatureNetwork backbone = TestNetworks.Create(network switch
        {
            LpipsNetwork.Alex => new AlexNetFeatures("relu5"),
            LpipsNetwork.Vgg => new Vgg16Features("relu5_3"),
            _ => new SqueezeNetFeatures(),
        });
        using var loss = new LpipsLoss(backbone);
        using var distance = new LpipsLoss(backbone, options: new LpipsLossOptions { Reduction = nn.Reduction.None });

        loss.call(x, y).backward();

        TensorAssert.RelativelyNear(stored[$"{name}.value"], distance.call(x.detach(), y), wide ? 1e-9 : 2e-4);
        TensorAssert.RelativelyNear(stored[$"{name}.per_layer"], loss.Terms(x.detach(), y), wide ? 1e-9 : 1e-3);

        // Gradients are stored in float32. In float32, rounding flips a few of VGG's many ReLUs: an error of 1.5e-2 was measured with AVX2.
        Assert.InRange(
            TensorAssert.RelativeNormError(stored[$"{name}.grad_x"], x.grad!), 0, wide ? 1e-7 : network == LpipsNetwork.Vgg ? 2e-2 : 5e-5);
    }

    [Theory]
    [InlineData(LpipsNetwork.Alex)]
    [InlineData(LpipsNetwork.Vgg)]
    [InlineData(LpipsNetwork.Squeeze)]
    public void LinearWeights_OfThisLibrary_AreThePublishedOnes(LpipsNetwork network)
    {
        string path = ReferenceData.FilePath($"reference/weights/lpips/{network.ToString().ToLowerInvariant()}.pth");
        LpipsLinearWeights ours = LpipsLinearWeights.Read(network, null), published = LpipsLinearWeights.Read(network, path);
        Assert.Equal(published.Layers, ours.Layers);
        Assert.Equal(published.Channels, ours.Channels);
    }
}
