using Mdf.Losses.Discriminators;
using Mdf.Models.Adversarial;
using Mdf.Testing;
using Mdf.Tiling;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests.Discriminators;

/// <summary>Discriminators side by side, as on a GPU, give what they give one by one.</summary>
public sealed class DiscriminatorStackTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly List<DiscriminatorStack> stacks = [];

    public static TheoryData<ScalarType, MdfLayers> Cases => new(
        from type in (ScalarType[])[ScalarType.Float32, ScalarType.Float64]
        from layers in (MdfLayers[])[MdfLayers.All, MdfLayers.Head, MdfLayers.Body | MdfLayers.Tail]
        select (type, layers));

    public void Dispose()
    {
        stacks.ForEach(s => s.Dispose());
        scope.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Compare_Stacked_GivesWhatEachGives(ScalarType type, MdfLayers layers)
    {
        (DiscriminatorStack[] apart, DiscriminatorStack together) = Stacks(type, layers);
        Tensor x = TestPyramid.Images(1, type, 2, 3, 40, 45), y = TestPyramid.Images(2, type, 2, 3, 40, 45);
        double tolerance = type == ScalarType.Float64 ? 1e-12 : 1e-4;
        foreach (Tile tile in Tile.Divide(x.shape, pixels: 44 * 44, receptiveField: 11))
        {
            (Tensor Terms, Tensor Gradient)[] each = [.. apart.Select(s => Compare(s, tile))];
            (Tensor terms, Tensor gradient) = Compare(together, tile);
            TensorAssert.RelativelyNear(cat([.. each.Select(e => e.Terms)], dim: 1), terms, tolerance);
            Assert.InRange(TensorAssert.RelativeNormError(each.Select(e => e.Gradient).Aggregate((a, b) => a + b), gradient), 0, tolerance);
        }

        (Tensor Terms, Tensor Gradient) Compare(DiscriminatorStack stack, Tile tile)
        {
            Tensor terms = zeros([tile.Images, stack.Networks, System.Numerics.BitOperations.PopCount((uint)layers)], ScalarType.Float64);
            Tensor seen = tile.Of(x), reference = tile.Of(y);
            using var noGradient = no_grad();
            Tensor[] references = [.. stack.Features(reference, keepsGraph: false).Select(tile.Owned)];
            return (terms, stack.Compare(seen, references, new TileComparison(tile, x.shape, terms, WantsGradient: true))!);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Distances_Stacked_AreThoseOfEach(ScalarType type, MdfLayers layers)
    {
        (DiscriminatorStack[] apart, DiscriminatorStack together) = Stacks(type, layers);
        Tensor x = TestPyramid.Images(1, type, 2, 3, 20, 21), y = TestPyramid.Images(2, type, 2, 3, 20, 21);
        Tensor expected = cat(
            [.. apart.Select(s => s.Distances(s.Features(x, keepsGraph: true), s.Features(y, keepsGraph: true)))], dim: 1);
        TensorAssert.RelativelyNear(
            expected,
            together.Distances(together.Features(x, keepsGraph: true), together.Features(y, keepsGraph: true)),
            type == ScalarType.Float64 ? 1e-12 : 1e-4);
    }

    private (DiscriminatorStack[] Apart, DiscriminatorStack Together) Stacks(ScalarType type, MdfLayers layers)
    {
        using DiscriminatorPyramid pyramid = TestPyramid.Create(8, 8, 8);
        (Tensor, Tensor)[][] folded = [.. pyramid.Scales.Select(d => DiscriminatorFolding.Fold(d, MdfInputRange.ZeroToOne, "weights"))];
        stacks.AddRange([.. folded.Select(f => Stack([f])), Stack(folded)]);
        return ([.. stacks[..^1]], stacks[^1]);

        DiscriminatorStack Stack(IReadOnlyList<(Tensor, Tensor)[]> members) => new(members, layers, CPU, type, channelsLast: true);
    }
}
