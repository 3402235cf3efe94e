using System.Text;
using System.Text.Json;
using Mdf.Testing;
using SkiaSharp;

namespace Mdf.Packaging.Tests.Samples;

public sealed class RestoreWithOnnxTests : IDisposable
{
    private readonly SampleCommand torch = new("RestoreImages");
    private readonly SampleCommand onnx;

    public RestoreWithOnnxTests()
    {
        onnx = new SampleCommand("RestoreWithOnnx", torch);
        TenPictures.Draw(At("photos"));
    }

    public void Dispose() => torch.Dispose();

    [Theory]
    [InlineData("dncnn", 3)]
    [InlineData("dncnn", 1, "--tile", "16")]
    [InlineData("msrresnet", 3, "--tile", "20")]
    [InlineData("msrresnet", 3, "--self-ensemble")]
    public async Task Run_TenPictures_GivesThoseOfRestoreImages(string network, int channels, params string[] options)
    {
        MakeCheckpoint(network, channels);
        await torch.RunAsync(0, "export", "--checkpoint", "net.ckpt", "--output", "out/net.onnx", "--licence", "CC0-1.0");
        string[] arguments = ["--input", "photos", .. options];
        await torch.RunAsync(0, ["restore", "--checkpoint", "net.ckpt", "--output", "expected", .. arguments]);
        DotNet.Result restored = await onnx.RunAsync(
            0, ["restore", "--checkpoint", "out/net.onnx", "--output", "actual", .. arguments]);
        Assert.Contains("(21 x 38) -> ", restored.Output, StringComparison.Ordinal);

        string[] files = [.. Directory.EnumerateFiles(At("expected"), "*", SearchOption.AllDirectories)];
        Assert.Equal(10, files.Length);
        foreach (string file in files)
        {
            using var expected = SKBitmap.Decode(file);
            using var actual = SKBitmap.Decode(Path.Combine(At("actual"), Path.GetRelativePath(At("expected"), file)));
            Assert.Equal(expected.Info, actual.Info);
            Assert.InRange(LargestDifference(expected, actual), 0, 1);
        }

        // The networks' weights are random: a picture that passed through one does not look like the original.
        if (network == "dncnn" && channels == 3)
        {
            using var before = SKBitmap.Decode(At("photos/a.png"));
            using var after = SKBitmap.Decode(At("actual/a.png"));
            Assert.InRange(LargestDifference(before, after), 20, 255);
        }
    }

    [Fact]
    public async Task Run_HalfWeights_GiveAlmostThePicturesOfRestoreImages()
    {
        MakeCheckpoint("dncnn", 3);
        await torch.RunAsync(0, "export", "--checkpoint", "net.ckpt", "--output", "half.onnx", "--half");
        await torch.RunAsync(0, "restore", "--checkpoint", "net.ckpt", "--output", "expected", "--input", "photos/a.png");
        await onnx.RunAloneAsync(0, "restore", "--model", "half.onnx", "--output", "actual", "--input", "photos/a.png");
        using var expected = SKBitmap.Decode(At("expected/a.png"));
        using var actual = SKBitmap.Decode(At("actual/a.png"));
        Assert.InRange(LargestDifference(expected, actual), 0, 1);
    }

    [Fact]
    public async Task Run_NetworkThatCannotBeUsed_IsSaid()
    {
        MakeCheckpoint("dncnn", 4);
        await torch.RunAsync(0, "export", "--checkpoint", "net.ckpt", "--output", "four.onnx");
        await AssertFailsAsync(
            "four.onnx' cannot be used: it restores images of 4 channels; image files have 3, or 1 for grey", "four.onnx");

        MakeCheckpoint("dncnn", 3);
        await torch.RunAsync(0, "export", "--checkpoint", "net.ckpt", "--output", "net.onnx");
        torch.Folder.Write("text.onnx", "no network");
        await AssertFailsAsync("text.onnx' is no network that ONNX Runtime opens", "text.onnx");
        await AssertFailsAsync("Could not find file", "nothing.onnx");
        Patch("radius.onnx", "receptive_radius", "receptive_places");
        await AssertFailsAsync("its metadata has no 'receptive_radius'; export the network with 'RestoreImages export'", "radius.onnx");
        Patch("channels.onnx", "\n\bchannels\u0012\u00013", "\n\bchannels\u0012\u00011");
        await AssertFailsAsync("'images' has 3 channels, but its metadata says 1", "channels.onnx");
        Patch("version.onnx", "\n\aversion\u0012\u00011", "\n\aversion\u0012\u00012");
        await AssertFailsAsync("its format is 'mdf-onnx' version '2'; only 'mdf-onnx' version '1' is supported", "version.onnx");

        // The version of the operators: 17 becomes 99.
        Patch("opset.onnx", "B\u0004\n\0\u0010\u0011", "B\u0004\n\0\u0010\u0063");
        await AssertFailsAsync("opset", "opset.onnx");
    }

    [Theory]
    [InlineData("Option '--input' is required", "restore", "--checkpoint", "net.onnx")]
    [InlineData("'tpu' not recognized", "restore", "--checkpoint", "net.onnx", "--input", "photos", "--provider", "tpu")]
    [InlineData("--tile must be at least 1", "restore", "--checkpoint", "net.onnx", "--input", "photos", "--tile", "0")]
    [InlineData("matches no file", "restore", "--checkpoint", "net.onnx", "--input", "photos/*.tif")]
    [InlineData("Provider 'cuda' cannot be used", "restore", "--checkpoint", "net.onnx", "--input", "photos", "--provider", "cuda")]
    [InlineData("Provider 'dml' cannot be used", "restore", "--checkpoint", "net.onnx", "--input", "photos", "--provider", "dml")]
    public async Task Run_WhatCannotBeDone_IsSaid(string reason, params string[] arguments)
    {
        torch.Folder.Write("net.onnx", "");
        Assert.Contains(reason, (await onnx.RunAsync(1, arguments)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_BrokenPicture_IsNamedAndTheOthersAreRestored()
    {
        MakeCheckpoint("dncnn", 3);
        await torch.RunAsync(0, "export", "--checkpoint", "net.ckpt", "--output", "net.onnx");
        torch.Folder.Write("photos/broken.png", "no image");
        DotNet.Result result = await onnx.RunAloneAsync(
            1, "restore", "--checkpoint", "net.onnx", "--input", "photos", "--output", "actual");
        Assert.Contains("broken.png: it is not a PNG, JPEG, BMP or WebP file.", result.Output, StringComparison.Ordinal);
        Assert.Equal(10, Directory.EnumerateFiles(At("actual"), "*", SearchOption.AllDirectories).Count());
    }

    [Fact]
    public async Task Run_NamesThatMeet_GivesAsManyPicturesEachTime()
    {
        MakeCheckpoint("dncnn", 3);
        await torch.RunAsync(0, "export", "--checkpoint", "net.ckpt", "--output", "net.onnx");
        Directory.CreateDirectory(At("mixed"));
        foreach (string name in (string[])["a.png", "a.png.jpg", "a.jpg", "a.jpg.png", "b.jpg"])
        {
            File.Copy(At("photos/a.png"), At($"mixed/{name}"));
        }

        for (int run = 0; run < 2; run++)
        {
            await onnx.RunAsync(0, "restore", "--checkpoint", "net.onnx", "--input", "mixed", "--output", "mixed/restored");
            Assert.Equal(
                ["a.jpg.png", "a.jpg.png.png", "a.png.jpg.png", "a.png.png", "b.png"],
                Directory.GetFiles(At("mixed/restored")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Program_Dependencies_HaveNoTorch()
    {
        string program = Path.Combine(Repository.Root, "samples", "RestoreWithOnnx");
        foreach (string file in (string[])[
            Path.Combine(program, "obj", "project.assets.json"),
            Path.Combine(program, "bin", BuildFacts.Configuration, "net10.0", "RestoreWithOnnx.deps.json")])
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            string[] libraries = [.. document.RootElement.GetProperty("libraries").EnumerateObject().Select(p => p.Name)];
            Assert.Contains(libraries, name => name.StartsWith("Microsoft.ML.OnnxRuntime/", StringComparison.Ordinal));
            Assert.DoesNotContain(libraries, name => name.Contains("torch", StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(libraries, name => name.StartsWith("Mdf.", StringComparison.Ordinal));
        }
    }

    private string At(string name) => torch.Folder.PathOf(name);

    private void MakeCheckpoint(string network, int channels)
    {
        if (network == "msrresnet")
        {
            MadeUpCheckpoint.MsrResNet(At("net.ckpt"));
        }
        else
        {
            MadeUpCheckpoint.DnCnn(At("net.ckpt"), channels);
        }
    }

    private async Task AssertFailsAsync(string reason, string network) => Assert.Contains(
        reason,
        (await onnx.RunAsync(1, "restore", "--checkpoint", network, "--input", "photos", "--output", "actual")).Output,
        StringComparison.Ordinal);

    // Latin-1 maps bytes to characters one to one.
    private void Patch(string name, string old, string replacement)
    {
        string content = Encoding.Latin1.GetString(torch.Read("net.onnx"));
        Assert.Contains(old, content, StringComparison.Ordinal);
        File.WriteAllBytes(At(name), Encoding.Latin1.GetBytes(content.Replace(old, replacement, StringComparison.Ordinal)));
    }

    private static int LargestDifference(SKBitmap a, SKBitmap b)
    {
        ReadOnlySpan<byte> x = a.GetPixelSpan(), y = b.GetPixelSpan();
        int largest = 0;
        for (int i = 0; i < x.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(x[i] - y[i]));
        }

        return largest;
    }
}
