using System.Diagnostics;
using Mdf.Testing;
using SkiaSharp;

namespace Mdf.Packaging.Tests.Samples;

/// <summary>Tests what RestoreImages says, and when it ends.</summary>
public sealed class RestoreImagesMessagesTests : IDisposable
{
    private static readonly string[] Training =
    [
        "train", "--images", "photos", "--network", "dncnn-17-gray", "--loss", "l2", "--batch", "1", "--patch", "16", "--output", "out"
    ];

    private readonly SampleCommand sample = new("RestoreImages");

    public RestoreImagesMessagesTests()
    {
        Draw("photos/a.png", 40, 32);
        Draw("partners/aa.png", 40, 32);
    }

    public void Dispose() => sample.Dispose();

    [Theory]
    [InlineData("--degradation jpeg:0: Expected a JPEG quality of 1 to 100, got 0.", "--degradation", "jpeg:0")]
    [InlineData("--steps is '1e3'; expected a whole number, such as 1000.", "--steps", "1e3")]
    [InlineData("--rate is 'x'; expected a number, such as 0.001.", "--rate", "x")]
    [InlineData("--rate is -1; expected a number above 0", "--rate", "-1")]
    [InlineData("--patch is 15; expected a multiple of 2", "--network", "edsr-baseline-x2", "--patch", "15")]
    [InlineData("docs/gpu.md", "--device", "cuda")]
    [InlineData("'photos/a.png' cannot be written, because", "--output", "photos/a.png")]
    [InlineData("--from: 'photos' is a folder; expected a file", "--from", "photos")]
    [InlineData("There is no run to resume in", "--resume")]
    [InlineData("--loss l2 + x*mdf: 'x*mdf' is no loss; expected a name, or a sum such as", "--loss", "l2 + x*mdf")]
    [InlineData("--loss l2 + foo: there is no loss 'foo'; expected one of mdf, l1,", "--loss", "l2 + foo")]
    [InlineData("--suffix needs --degraded, which names the degraded images.", "--suffix", "x2")]
    [InlineData("set --suffix to 'a'", "--degraded", "partners")]
    [InlineData("--stages has '5'; expected STEP:PATCHxBATCH, such as 5000:128x8.", "--stages", "5")]
    [InlineData("--schedule steps:4,2: milestones is [4, 2]; expected ascending numbers of at least 1", "--schedule", "steps:4,2")]
    [InlineData("--freeze has 'head', but no weight has this name", "--freeze", "head")]
    [InlineData("--options photos/a.png: it is not JSON", "--options", "photos/a.png")]
    [InlineData("--options: 'photos' is a folder; expected a file", "--options", "photos")]
    public async Task Train_WhatCannotBeDone_IsSaidInTheWordsOfTheCommandLine(string reason, params string[] arguments)
    {
        if (arguments[0] == "--device")
        {
            Assert.SkipWhen(File.Exists("/proc/driver/nvidia/version"), "has a GPU");
        }

        string[] loss = arguments.Contains("--loss") ? [] : ["--loss", "l2"];
        string output = (await sample.RunAsync(1, ["train", "--images", "photos", .. loss, .. arguments])).Output;
        Assert.Contains(reason.Replace("photos", Full("photos", reason), StringComparison.Ordinal), output, StringComparison.Ordinal);
        foreach (string leak in (string[])["(Parameter", "System.", "2147483647", "   at ", "Exception raised from"])
        {
            Assert.DoesNotContain(leak, output, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(sample.Folder.PathOf("output")), "Something was written.");
    }

    [Theory]
    [InlineData(80)]
    [InlineData(100)]
    public async Task Help_OfEachCommand_FitsTheColumns(int columns)
    {
        using var narrow = new SampleCommand("RestoreImages", beside: null, ("COLUMNS", $"{columns}"));
        foreach (string command in (string[])["train", "evaluate", "restore", "networks"])
        {
            string output = (await narrow.RunAsync(0, command, "--help")).Output;
            Assert.All(output.Split('\n'), line => Assert.InRange(line.TrimEnd().Length, 0, columns));
            Assert.DoesNotContain("2147483647", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Lists_NetworksAndLosses_NameThem()
    {
        Assert.Contains("dncnn-17-color", (await sample.RunAsync(0, "networks")).Output, StringComparison.Ordinal);
        string losses = (await sample.RunAsync(0, "losses")).Output;
        Assert.Equal(
            ["mdf", "l1", "l2", "charbonnier", "ssim", "ms-ssim", "ms-ssim-l1", "haarpsi", "gmsd", "gradient", "ffl", "vgg", "lpips"],
            losses.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    [Fact]
    public async Task Evaluate_CheckpointOfAnotherProject_AsksForItsNetworkAndTakesAKey()
    {
        File.Copy(
            Path.Combine(Repository.Root, "tests/Mdf.Core.Tests/Checkpoints/Fixtures/wrapped/partial_beside.pth"),
            sample.Folder.PathOf("public.pth"));
        string[] evaluate = ["evaluate", "--checkpoint", "public.pth", "--images", "photos"];
        Assert.Contains("by --network ('networks' lists", (await sample.RunAsync(1, evaluate)).Output, StringComparison.Ordinal);
        Assert.Contains(
            "'absent'",
            (await sample.RunAsync(1, [.. evaluate, "--network", "dncnn-17-gray", "--key", "absent"])).Output,
            StringComparison.Ordinal);
        Assert.Contains(
            "--checkpoint: ",
            (await sample.RunAsync(1, "evaluate", "--checkpoint", "photos", "--images", "photos")).Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_FinishedAndResumed_SaysSoAndGoesOnWithMoreSteps()
    {
        await sample.RunAsync(0, [.. Training, "--steps", "2"]);
        string refused = (await sample.RunAsync(1, [.. Training, "--steps", "2"])).Output;
        Assert.Contains("has done 2 of 2 steps", refused, StringComparison.Ordinal);
        Assert.Contains("--resume", refused, StringComparison.Ordinal);
        Assert.Contains("--output", refused, StringComparison.Ordinal);
        Assert.Contains("--from", refused, StringComparison.Ordinal);

        Assert.Contains(
            "is finished: 2 steps", (await sample.RunAsync(0, [.. Training, "--steps", "2", "--resume"])).Output, StringComparison.Ordinal);
        Assert.Contains(
            "step 3/3", (await sample.RunAsync(0, [.. Training, "--steps", "3", "--resume"])).Output, StringComparison.Ordinal);
        string other = (await sample.RunAsync(1, [.. Training, "--steps", "3", "--rate", "0.5", "--resume"])).Output;
        Assert.Contains("its --rate is 0.0001, not 0.5.", other, StringComparison.Ordinal);
        Assert.Contains("another folder by --output", other, StringComparison.Ordinal);
        Assert.Contains("--from", other, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_NetworkWorseThanItsInput_IsSaidToBe()
    {
        await sample.RunAsync(0, [.. Training, "--steps", "1", "--rate", "0.05"]);
        string[] evaluate = ["evaluate", "--checkpoint", "out/last.ckpt", "--images", "photos", "--degradation", "jpeg:95"];
        string output = (await sample.RunAsync(0, evaluate)).Output;
        Assert.Contains("The network is worse than its input", output, StringComparison.Ordinal);
        Assert.DoesNotContain("LPIPS", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_LargeImage_ShowsProgressWithinIt()
    {
        await sample.RunAsync(0, [.. Training, "--steps", "1"]);
        Draw("large.png", 160, 120);
        string output = (await sample.RunAsync(
            0, "restore", "--checkpoint", "out/last.ckpt", "--input", "large.png", "--output", "restored", "--tile", "8")).Output;
        Assert.Matches(@"large\.png: \d+ %", output);
    }

    [Fact]
    public async Task Evaluate_Interrupted_EndsWithinTwoSeconds()
    {
        await sample.RunAsync(0, [.. Training, "--steps", "1"]);
        Draw("large/a.png", 1600, 1200);
        var watch = Stopwatch.StartNew();
        TimeSpan signalled = TimeSpan.Zero;
        DotNet.Result result = await sample.RunAndSignalAsync(
            1,
            "INT",
            () =>
            {
                signalled = watch.Elapsed;
                return signalled > TimeSpan.FromSeconds(5);
            },
            "evaluate",
            "--checkpoint",
            "out/last.ckpt",
            "--images",
            "large");
        Assert.Contains("Stopped.", result.Output, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed - signalled, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    // Paths are shown in full.
    private string Full(string path, string reason) =>
        reason.Contains('\'', StringComparison.Ordinal) ? sample.Folder.PathOf(path) : path;

    private void Draw(string name, int width, int height)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(sample.Folder.PathOf(name))!);
        using var bitmap = new SKBitmap(width, height);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.Gray);
        using var paint = new SKPaint { Color = SKColors.Orange };
        canvas.DrawCircle(width / 2, height / 2, height / 3, paint);
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, quality: 90);
        File.WriteAllBytes(sample.Folder.PathOf(name), data.ToArray());
    }
}
