using Mdf.Imaging;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Imaging;

public sealed class ImageOrientationTests
{
    [Fact]
    public void Turn_AllOrientations_AreDifferentAndUndone()
    {
        using var scope = NewDisposeScope();
        Tensor image = arange(6, dtype: ScalarType.Float32).reshape(1, 1, 2, 3);
        Tensor[] turned = [.. Enumerable.Range(0, ImageOrientation.Count).Select(i => ImageOrientation.Turn(image, i))];

        Assert.Equal(
            ImageOrientation.Count,
            turned.Select(t => string.Join(',', t.shape.Concat(t.contiguous().data<float>().Select(v => (long)v)))).Distinct().Count());
        Assert.All(turned.Index(), t => TensorAssert.Equal(image, ImageOrientation.TurnBack(t.Item, t.Index)));
    }
}
