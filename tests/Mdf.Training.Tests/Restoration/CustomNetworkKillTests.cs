using System.Diagnostics;
using Mdf.Imaging;
using Mdf.Models.Restoration;
using Mdf.Testing;
using Mdf.Training.Restoration;
using static TorchSharp.torch;

namespace Mdf.Training.Tests.Restoration;

/// <summary>Tests trainings of networks that are not of this library on photographs, killed on the way.</summary>
public sealed class CustomNetworkKillTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("unet")]
    [InlineData("attention")]
    [InlineData("gray")]
    public async Task Train_KilledTwice_EndsWithTheSameBytes(string name)
    {
        TestLength.SkipUnlessFull("It trains for 300 steps, twice");
        string photographs = ReferenceData.FilePath(Path.Combine("data", "bsds"));
        string whole = folder.PathOf("whole"), killed = folder.PathOf("killed");
        Assert.Equal(Steps, await RunAsync(name, photographs, whole, int.MaxValue));
        Assert.InRange(await RunAsync(name, photographs, killed, 93), 93, Steps - 1);
        Assert.InRange(RestorationTrainer.FindSaved(killed)!.Step, 1, 99);
        Assert.InRange(await RunAsync(name, photographs, killed, 205), 205, Steps - 1);
        Assert.Equal(Steps, await RunAsync(name, photographs, killed, int.MaxValue));
        foreach (string file in (string[])["state.safetensors", "last.ckpt", "best.ckpt"])
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole, file)), File.ReadAllBytes(Path.Combine(killed, file)));
        }

        RequireTilesEqualWhole(name, Path.Combine(killed, "best.ckpt"), Path.Combine(photographs, "val"));
    }

    private static int Steps => CustomNetworkProcess.Steps;

    // Trains until a step is reported, then kills the process; returns the last step that was reported.
    private static async Task<int> RunAsync(string name, string photographs, string output, int killAt)
    {
        using Process process = CustomNetworkProcess.Start(name, photographs, output);
        int last = 0;
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            last = int.Parse(line, null);
            if (last >= killAt)
            {
                process.Kill();
                break;
            }
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(killAt < int.MaxValue || process.ExitCode == 0, $"exit code {process.ExitCode}");
        return last;
    }

    private static void RequireTilesEqualWhole(string name, string checkpoint, string validation)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using CustomNetwork network = CustomNetworkProcess.Create(name);
        network.LoadWeights(checkpoint);
        network.eval();
        Tensor photograph = ImageFile.Read(Directory.GetFiles(validation).Order(StringComparer.Ordinal).First());
        photograph = network.Channels == 1 ? ColorSpace.RgbToGray(photograph) : photograph;
        long height = photograph.shape[2] / 4 * 4, width = photograph.shape[3] / 4 * 4;
        photograph = photograph.narrow(2, 0, height).narrow(3, 0, width).contiguous();
        Tensor whole = network.call(photograph);

        // A network that sees the whole image is not cut into tiles.
        TilingOptions? tiles = network.ReceptiveRadius is null ? null : new TilingOptions { TileSize = 96 };
        Tensor tiled = TiledInference.Restore(network, photograph, tiles);
        TensorAssert.Near(whole, tiled, 1e-5);
        Assert.True(TensorAssert.LargestDifference(whole, photograph) > 1e-3, "the network has learned nothing");
    }
}
