using System.Globalization;
using System.Text.RegularExpressions;
using Mdf.Testing;

namespace Mdf.Packaging.Tests.Samples;

public sealed class QuickstartTests : IDisposable
{
    private static readonly string[] Pixels = ["--demo", "pixels", "--side", "16"];

    private readonly SampleCommand sample = new("Quickstart");

    public void Dispose() => sample.Dispose();

    [Fact]
    public async Task Run_Training_MakesAnImageItHasNotSeenBetter()
    {
        string steps = TestLength.IsFull ? "40" : "15";
        DotNet.Result result = await sample.RunAsync(0, "--steps", steps, "--side", "64", "--output", "out");
        Match psnr = Regex.Match(
            result.Output, @$"PSNR (?<before>[\d.]+) dB -> (?<after>[\d.]+) dB on the image held out, after {steps} of {steps} steps");
        Assert.True(psnr.Success, result.Output);
        Assert.True(Number("after") > Number("before"), psnr.Value);
        foreach (string name in (string[])["compressed.png", "restored.png", "reference.png", "strip.png"])
        {
            AssertIsPng("out", name);
        }

        double Number(string group) => double.Parse(psnr.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Run_TrainingInterrupted_GoesOnToWhatItWouldHaveGiven()
    {
        string[] arguments = ["--steps", TestLength.IsFull ? "60" : "7", "--side", "16"];
        await sample.RunAsync(0, [.. arguments, "--output", "whole"]);
        await sample.RunAndSignalAsync(1, "INT", "parts/state.safetensors", [.. arguments, "--output", "parts"]);
        await sample.RunAloneAsync(0, [.. arguments, "--output", "parts", "--resume"]);
        Assert.Equal(sample.Read("whole/last.ckpt"), sample.Read("parts/last.ckpt"));
    }

    [Fact]
    public async Task Run_PixelsInTwoParts_GivesThePicturesOfARunInOne()
    {
        await sample.RunAsync(0, [.. Pixels, "--steps", "4", "--output", "whole"]);
        await sample.RunAsync(0, [.. Pixels, "--steps", "2", "--output", "parts"]);
        Assert.NotEqual(Picture("whole", "after.png"), Picture("parts", "after.png"));
        await sample.RunAloneAsync(0, [.. Pixels, "--steps", "4", "--output", "parts", "--resume"]);

        foreach (string name in (string[])["before.png", "after.png", "reference.png", "strip.png"])
        {
            AssertIsPng("whole", name);
            Assert.Equal(Picture("whole", name), Picture("parts", name));
        }
    }

    [Theory]
    [InlineData("--steps must be at least 1", "--steps", "0")]
    [InlineData("'many'", "--steps", "many")]
    [InlineData("'dance' not recognized", "--demo", "dance")]
    [InlineData("--side must be at least 11", "--side", "10")]
    [InlineData("'--fast'", "--fast")]
    [InlineData("Device 'cuda:x' cannot be used", "--device", "cuda:x")]
    [InlineData("Device 'meta' cannot be used", "--device", "meta")]
    [InlineData("nothing.pth", "--side", "16", "--weights", "nothing.pth")]
    [InlineData("the file is neither safetensors nor a PyTorch checkpoint", "--side", "16", "--weights", "text.txt")]
    [InlineData("the file is neither safetensors nor a PyTorch checkpoint", "--demo", "pixels", "--side", "16", "--weights", "text.txt")]
    [InlineData("nothing.png", "--image", "nothing.png")]
    [InlineData("it is not a PNG, JPEG, BMP or WebP file", "--image", "text.txt")]
    [InlineData("nothing", "--side", "16", "--images", "nothing")]
    [InlineData("There is no run to resume", "--side", "16", "--output", "new", "--resume")]
    [InlineData("There is no run to resume", "--demo", "pixels", "--side", "16", "--output", "new", "--resume")]
    [InlineData("text.txt", "--side", "16", "--steps", "1", "--output", "text.txt")]
    public async Task Run_WhatCannotBeDone_IsSaidInOneLine(string reason, params string[] arguments)
    {
        sample.Folder.Write("text.txt", "no image and no checkpoint");
        DotNet.Result result = await sample.RunAsync(1, arguments);

        // What it says before: the picture, and what learns by which loss.
        string[] lines = [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(l => !Regex.IsMatch(l, "^(Reference|Held out|Loss|Training): "))];
        Assert.Contains(reason, Assert.Single(lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PixelsInterrupted_SavesWhatItDid()
    {
        DotNet.Result result = await sample.RunAndSignalAsync(
            1, "INT", "out/state.safetensors", [.. Pixels, "--steps", "1000000", "--output", "out"]);
        Assert.Contains("--resume", result.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(sample.Folder.PathOf("out/after.png")));
    }

    private void AssertIsPng(string run, string name) => Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], Picture(run, name)[..4]);

    private byte[] Picture(string run, string name) => sample.Read(Path.Combine(run, name));
}
