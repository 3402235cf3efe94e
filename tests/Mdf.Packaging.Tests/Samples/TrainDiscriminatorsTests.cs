using System.Globalization;
using System.Text.Json;
using Mdf.Testing;

namespace Mdf.Packaging.Tests.Samples;

public sealed class TrainDiscriminatorsTests : IDisposable
{
    private static readonly string[] Quick = ["--scales", "2", "--save-interval", "1", "--side", "36"];
    private static readonly string[] Small = [.. Quick, "--iterations", "3"];

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
        Assert.Contains(
            $"\"task\":\"{task}\"", System.Text.Encoding.UTF8.GetString(sample.Read($"out/{task}.ckpt")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_KilledAndResumed_GivesTheCheckpointOfARunInOne()
    {
        string[] arguments = TestLength.IsFull
            ? ["--scales", "2", "--save-interval", "1", "--iterations", "30"]
            : [.. Quick, "--iterations", "8"];
        await sample.RunAsync(0, [.. arguments, "--output", "whole"]);
        const int KilledExitCode = 137;

        // Killed at its first save, further on, and in the second scale: each time going on from where the last one was killed.
        (int Finished, int Iteration)[] points = TestLength.IsFull ? [(0, 0), (0, 12), (1, 5)] : [(0, 3)];
        foreach ((int finished, int iteration) in points)
        {
            string[] resume = (finished, iteration) == points[0] ? [] : ["--resume"];
            await sample.RunAndSignalAsync(
                KilledExitCode, "KILL", () =>
                    HasCome("parts/jpeg.state.safetensors", finished, iteration), [.. arguments, "--output", "parts", .. resume]);
            Assert.False(File.Exists(sample.Folder.PathOf("parts/jpeg.ckpt")));
        }

        await sample.RunAloneAsync(0, [.. arguments, "--output", "parts", "--resume"]);
        Assert.Equal(sample.Read("whole/jpeg.ckpt"), sample.Read("parts/jpeg.ckpt"));
        Assert.Equal(sample.Read("whole/jpeg.png"), sample.Read("parts/jpeg.png"));
    }

    [Fact]
    public async Task Run_SmallPhotograph_IsSaidToBeUsedAtItsSize()
    {
        TenPictures.Draw(sample.Folder.PathOf("photos"));
        string[] arguments = ["--scales", "2", "--iterations", "3", "--image", "photos/c.jpg", "--side", "1000", "--output", "out"];
        string output = (await sample.RunAsync(0, arguments)).Output;
        Assert.Contains("c.jpg is smaller than --side 1000; it is used at its size, 33 x 47.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_FinishedAndStartedAgain_SaysSo()
    {
        await sample.RunAsync(0, [.. Small, "--output", "out"]);
        string output = (await sample.RunAsync(1, [.. Small, "--output", "out"])).Output;
        Assert.Contains("--resume", output, StringComparison.Ordinal);
        Assert.Contains("another folder by --output", output, StringComparison.Ordinal);
        Assert.Contains(
            "This training is finished: 2 scales.",
            (await sample.RunAsync(0, [.. Small, "--output", "out", "--resume"])).Output,
            StringComparison.Ordinal);
        output = (await sample.RunAsync(1, [.. Small, "--seed", "2", "--output", "out", "--resume"])).Output;
        Assert.Contains("its --seed is 1, not 2. ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Interrupted_SavesAndSaysHowToGoOn()
    {
        DotNet.Result result = await sample.RunAndSignalAsync(
            1, "INT", "out/jpeg.state.safetensors", [.. Quick, "--iterations", "1000000", "--output", "out"]);
        Assert.Contains("--resume", result.Output, StringComparison.Ordinal);
    }

    // Whether the state has come so far: it begins with the length of its header in eight bytes, and the header as JSON.
    private bool HasCome(string stateFile, int finished, int iteration)
    {
        if (!File.Exists(sample.Folder.PathOf(stateFile)))
        {
            return false;
        }

        byte[] state = sample.Read(stateFile);
        using var header = JsonDocument.Parse(state.AsMemory(sizeof(long), (int)BitConverter.ToInt64(state)));
        JsonElement metadata = header.RootElement.GetProperty("__metadata__");
        int Number(string name) => int.Parse(metadata.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
        return (Number("finished"), Number("iteration")).CompareTo((finished, iteration)) >= 0;
    }

    [Theory]
    [InlineData("'blur' not recognized", "--task", "blur")]
    [InlineData("--side must be at least 25", "--side", "24")]
    [InlineData("--scales is 17; expected null or 1 to 16", "--scales", "17")]
    [InlineData("--scales must be at least 1", "--scales", "0")]
    [InlineData("--image: ", "--image", ".")]
    [InlineData("is a folder; expected a file", "--image", ".")]
    [InlineData("nothing.png", "--image", "nothing.png")]
    [InlineData("There is no run to resume", "--resume")]
    [InlineData("text.txt", "--output", "text.txt")]
    public async Task Run_WhatCannotBeDone_IsSaid(string reason, params string[] arguments)
    {
        sample.Folder.Write("text.txt", "no folder");
        Assert.Contains(reason, (await sample.RunAsync(1, arguments)).Output, StringComparison.Ordinal);
    }
}
