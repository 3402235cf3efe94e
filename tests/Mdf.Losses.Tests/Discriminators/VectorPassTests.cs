using Mdf.Losses.Discriminators;
using Mdf.Models.Adversarial;
using Mdf.Models.Simd;
using Mdf.Testing;
using Mdf.Tiling;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests.Discriminators;

/// <summary>A discriminator without tensors agrees with the same one in float64 by libtorch.</summary>
public sealed class VectorPassTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<MdfLayers, int> Cases => new(
        from layers in (MdfLayers[])
        [
            MdfLayers.All, MdfLayers.Head, MdfLayers.Body, MdfLayers.Tail, MdfLayers.Head | MdfLayers.Body, MdfLayers.Head | MdfLayers.Tail
        ]
        from blocks in (int[])[1, 2, 3]
        select (layers, blocks));

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Compare_TilesOfImagesAndFeatures_AgreesWithFloat64(MdfLayers layers, int bodyBlocks)
    {
        Assert.SkipUnless(VectorDiscriminator.IsSupported, "no AVX2");
        (Tensor, Tensor)[] convolutions = Convolutions(64, bodyBlocks);
        Assert.True(VectorDiscriminator.Fits(convolutions));
        using var exact = new DiscriminatorStack([convolutions], layers, CPU, ScalarType.Float64, channelsLast: true);
        using var fast = new SimdDiscriminator(convolutions, layers);
        Tensor x = TestPyramid.Images(1, ScalarType.Float32, 2, 3, 40, 45), y = TestPyramid.Images(2, ScalarType.Float32, 2, 3, 40, 45);
        foreach (int side in (int[])[26, 45])
        {
            foreach (Tile tile in Tile.Divide(x.shape, pixels: side * side, receptiveField: 5 + (2 * bodyBlocks)))
            {
                (Tensor expected, Tensor expectedGradient) = Compare(exact, tile, ScalarType.Float64);
                foreach (bool isPrepared in (bool[])[false, true])
                {
                    (Tensor terms, Tensor gradient) = Compare(fast, tile, ScalarType.Float32, isPrepared);
                    TensorAssert.RelativelyNear(expected, terms, 2e-6);
                    Assert.InRange(TensorAssert.RelativeNormError(expectedGradient, gradient), 0, 5e-6);
                }
            }
        }

        (Tensor Terms, Tensor Gradient) Compare(IDiscriminatorExtractor discriminator, Tile tile, ScalarType type, bool isPrepared = false)
        {
            using var noGradient = no_grad();
            Tensor seen = tile.Of(x).to(type), reference = tile.Of(y).to(type);
            Tensor terms = ones(
                tile.Images, 1, System.Numerics.BitOperations.PopCount((uint)layers), dtype: ScalarType.Float64), alone = ones_like(terms);
            Tensor[] features = [.. discriminator.Features(reference, keepsGraph: false).Select(tile.Owned)];
            Tensor gradient = isPrepared
                ? discriminator.Compare(seen, features, new TileComparison(tile, x.shape, terms, WantsGradient: true))!
                : discriminator.Compare(seen, reference, new TileComparison(tile, x.shape, terms, WantsGradient: true))!;
            Assert.Null(discriminator.Compare(seen, reference, new TileComparison(tile, x.shape, alone, WantsGradient: false)));
            TensorAssert.Equal(terms, alone);
            return (terms - 1, gradient);
        }
    }

    [Theory]
    [InlineData(MdfLayers.All)]
    [InlineData(MdfLayers.Body)]
    public void Features_OfSeveralImages_AgreesWithFloat64AndLeavesNothingElse(MdfLayers layers)
    {
        Assert.SkipUnless(VectorDiscriminator.IsSupported, "no AVX2");
        (Tensor, Tensor)[] convolutions = Convolutions(32, bodyBlocks: 3);
        using var exact = new DiscriminatorStack([convolutions], layers, CPU, ScalarType.Float64, channelsLast: true);
        using var fast = new SimdDiscriminator(convolutions, layers);
        Tensor x = TestPyramid.Images(1, ScalarType.Float32, 3, 3, 21, 34);
        using var noGradient = no_grad();
        Tensor[] maps = fast.Features(x, keepsGraph: false);
        foreach ((Tensor expected, Tensor map) in exact.Features(x.to(ScalarType.Float64), keepsGraph: false).Zip(maps))
        {
            Assert.Equal(expected.shape, map.shape);
            Assert.InRange(TensorAssert.RelativeNormError(expected, map), 0, 2e-6);
        }

        LiveTensors.AssertNoneLeft(() => Array.ForEach(fast.Features(x, keepsGraph: false), m => m.Dispose()));
    }

    [Fact]
    public void Fits_ChannelsThatDoNotFillRegisters_DoesNot() => Assert.False(VectorDiscriminator.Fits(Convolutions(48, bodyBlocks: 1)));

    private static (Tensor, Tensor)[] Convolutions(int width, int bodyBlocks)
    {
        using var generator = new Generator(7, CPU);
        using var noGradient = no_grad();
        using var discriminator = new MdfDiscriminator(width, bodyBlocks: bodyBlocks);
        foreach (
            (string name, Tensor tensor) in discriminator.state_dict().Where(
                t => t.Key.Contains("conv", StringComparison.Ordinal) || t.Key.StartsWith("tail", StringComparison.Ordinal)))
        {
            tensor.copy_(randn(tensor.shape, generator: generator) / Math.Sqrt(9 * width));
        }

        return DiscriminatorFolding.Fold(discriminator, MdfInputRange.ZeroToOne, "weights");
    }
}
