namespace Mdf.Packaging.Tests.Samples;

public sealed class QuickstartTests : IDisposable
{
    private readonly SampleCommand sample = new("Quickstart");

    public void Dispose() => sample.Dispose();

    [Fact]
    public async Task Run_InTwoParts_GivesThePicturesOfARunInOne()
    {
        await sample.RunAsync(0, "--steps", "4", "--side", "16", "--output", "whole");
        await sample.RunAsync(0, "--steps", "2", "--side", "16", "--output", "parts");
        Assert.NotEqual(Picture("whole", "after.png"), Picture("parts", "after.png"));
        await sample.RunAsync(0, "--steps", "4", "--side", "16", "--output", "parts", "--resume");

        foreach (string name in (string[])["before.png", "after.png", "reference.png", "strip.png"])
        {
            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], Picture("whole", name)[..4]);
            Assert.Equal(Picture("whole", name), Picture("parts", name));
        }
    }

    [Theory]
    [InlineData("--steps must be at least 1", "--steps", "0")]
    [InlineData("'many'", "--steps", "many")]
    [InlineData("--side must be at least 11", "--side", "10")]
    [InlineData("'--fast'", "--fast")]
    [InlineData("Device 'cuda:x' cannot be used", "--device", "cuda:x")]
    [InlineData("Device 'meta' cannot be used", "--device", "meta")]
    [InlineData("nothing.pth", "--side", "16", "--weights", "nothing.pth")]
    [InlineData("it is neither safetensors nor a PyTorch checkpoint", "--side", "16", "--weights", "text.txt")]
    [InlineData("nothing.png", "--image", "nothing.png")]
    [InlineData("it is not a PNG, JPEG, BMP or WebP file", "--image", "text.txt")]
    [InlineData("There is no run to resume", "--side", "16", "--output", "new", "--resume")]
    [InlineData("text.txt", "--side", "16", "--steps", "1", "--output", "text.txt")]
    public async Task Run_WhatCannotBeDone_IsSaidInOneLine(string reason, params string[] arguments)
    {
        sample.Folder.Write("text.txt", "no image and no checkpoint");
        DotNet.Result result = await sample.RunAsync(1, arguments);

        // What it says before is of two lines: the reference and the loss.
        string[] lines = [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(l => !l.StartsWith("Reference: ", StringComparison.Ordinal) && !l.StartsWith("Loss: ", StringComparison.Ordinal))];
        Assert.Contains(reason, Assert.Single(lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Interrupted_SavesWhatItDid()
    {
        DotNet.Result result = await sample.RunAndSignalAsync(
            1, "INT", "out/state.safetensors", "--steps", "1000000", "--side", "16", "--output", "out");
        Assert.Contains("--resume", result.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(sample.Folder.PathOf("out/after.png")));
    }

    private byte[] Picture(string run, string name) => sample.Read(Path.Combine(run, name));
}
