using System.Security.Cryptography;
using Mdf.Imaging;

namespace Mdf.Core.Tests.Imaging;

public sealed class SyntheticImageTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(200, 3)]
    [InlineData(5, 60)]
    public void DeadLeaves_AnySize_FillsTheImage(int width, int height)
    {
        using var image = SyntheticImage.DeadLeaves(width, height, seed: 5);

        Assert.Equal([1, 3, height, width], image.shape);
        Assert.All(Fixture.Values(image), value => Assert.InRange(value, 0.001f, 1));
    }

    [Fact]
    public void DeadLeaves_SameSeed_SamePicture()
    {
        using var first = SyntheticImage.DeadLeaves(40, 30, seed: 7);
        using var second = SyntheticImage.DeadLeaves(40, 30, seed: 7);
        using var other = SyntheticImage.DeadLeaves(40, 30, seed: 8);

        Assert.Equal(Fixture.Values(first), Fixture.Values(second));
        Assert.NotEqual(Fixture.Values(first), Fixture.Values(other));
    }

    [Fact]
    public void DeadLeaves_KnownSeed_IsTheSameOnEveryPlatform()
    {
        using var image = SyntheticImage.DeadLeaves(64, 48, seed: 2026);

        Assert.Equal("245ECC12EEF14CCB76CAF8F7546FA9AA7E1E69EC11DC960BECB2818CCF5C4EE3", Convert.ToHexString(SHA256.HashData(image.bytes)));
    }

    [Fact]
    public void DeadLeaves_Differences_AreHeavyTailedAsInPhotographs()
    {
        using var image = SyntheticImage.DeadLeaves(256, 256, seed: 1);
        using var differences = (image[.., 1, .., 1..] - image[.., 1, .., ..^1]).flatten();
        var values = Fixture.Values(differences).Select(value => (double)value).ToArray();

        var variance = values.Average(value => value * value);
        var kurtosis = values.Average(value => Math.Pow(value, 4)) / (variance * variance);
        Assert.InRange(kurtosis, 6, 40);
        Assert.InRange(values.Count(value => Math.Abs(value) < 0.01) / (double)values.Length, 0.15, 0.7);
        Assert.InRange(values.Count(value => Math.Abs(value) > 0.2) / (double)values.Length, 0.01, 0.1);
    }

    [Theory]
    [InlineData("width", 0, 5)]
    [InlineData("width", SyntheticImage.LargestSide + 1, 5)]
    [InlineData("height", 5, -1)]
    public void DeadLeaves_SizeOutOfRange_Throws(string parameter, int width, int height)
        => Assert.Throws<ArgumentOutOfRangeException>(parameter, () => SyntheticImage.DeadLeaves(width, height, 0));
}
