namespace Mdf.Packaging.Tests.Samples;

public sealed class TrainDiscriminatorsTests : IDisposable
{
    private static readonly string[] Small = ["--scales", "2", "--iterations", "3", "--save-interval", "1"];

    private readonly SampleCommand sample = new("TrainDiscriminators");

    public void Dispose() => sample.Dispose();

    [Theory]
    [InlineData("jpeg")]
    [InlineData("denoise")]
    [InlineData("sisr")]
    public async Task Run_EachTask_WritesACheckpointAndAContactSheet(string task)
    {
        DotNet.Result result = await sample.RunAsync(0, [.. Small, "--task", task, "--output", "out"]);
        Assert.Contains("scale 2/2", result.Output, StringComparison.Ordinal);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], sample.Read($"out/{task}.png")[..4]);
        Assert.Contains($"\"task\":\"{task}\"", System.Text.Encoding.UTF8.GetString(sample.Read($"out/{task}.ckpt")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_KilledAndResumed_GivesTheCheckpointOfARunInOne()
    {
        string[] arguments = ["--scales", "2", "--iterations", "20", "--save-interval", "1"];
        await sample.RunAsync(0, [.. arguments, "--output", "whole"]);
        const int KilledExitCode = 137;
        await sample.RunAndSignalAsync(KilledExitCode, "KILL", "parts/jpeg.state.safetensors", [.. arguments, "--output", "parts"]);
        Assert.False(File.Exists(sample.Folder.PathOf("parts/jpeg.ckpt")));
        await sample.RunAsync(0, [.. arguments, "--output", "parts", "--resume"]);
        Assert.Equal(sample.Read("whole/jpeg.ckpt"), sample.Read("parts/jpeg.ckpt"));
        Assert.Equal(sample.Read("whole/jpeg.png"), sample.Read("parts/jpeg.png"));
    }

    [Fact]
    public async Task Run_Interrupted_SavesAndSaysHowToGoOn()
    {
        DotNet.Result result = await sample.RunAndSignalAsync(
            1, "INT", "out/jpeg.state.safetensors", "--scales", "1", "--iterations", "1000000", "--save-interval", "1", "--output", "out");
        Assert.Contains("--resume", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'blur' not recognized", "--task", "blur")]
    [InlineData("--side must be at least 25", "--side", "24")]
    [InlineData("ScaleCount is 17; expected null or 1 to 16", "--scales", "17")]
    [InlineData("nothing.png", "--image", "nothing.png")]
    [InlineData("There is no run to resume", "--resume")]
    [InlineData("text.txt", "--output", "text.txt")]
    public async Task Run_WhatCannotBeDone_IsSaid(string reason, params string[] arguments)
    {
        sample.Folder.Write("text.txt", "no folder");
        Assert.Contains(reason, (await sample.RunAsync(1, arguments)).Output, StringComparison.Ordinal);
    }
}
