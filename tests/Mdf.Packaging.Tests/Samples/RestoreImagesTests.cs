using System.Text;
using System.Text.RegularExpressions;
using SkiaSharp;

namespace Mdf.Packaging.Tests.Samples;

public sealed class RestoreImagesTests : IDisposable
{
    private static readonly string[] Training =
    [
        "train", "--images", "photos", "--validation", "held-out", "--network", "dncnn-17-gray", "--degradation", "jpeg:10", "--loss", "l2",
        "--steps", "12", "--batch", "1", "--patch", "16", "--log-interval", "4", "--validation-interval", "6", "--save-interval", "2",
    ];

    private readonly SampleCommand sample = new("RestoreImages");

    public RestoreImagesTests()
    {
        Draw("photos/a.png", SKEncodedImageFormat.Png, radius: 12);
        Draw("photos/more/b.jpg", SKEncodedImageFormat.Jpeg, radius: 9);
        Draw("held-out/c.png", SKEncodedImageFormat.Png, radius: 15);

        sample.Folder.Write("photos/broken.png", "no image");
    }

    public void Dispose() => sample.Dispose();

    [Fact]
    public async Task Train_PairsByAnOptionsFile_GivesTheSameNetwork()
    {
        Draw("degraded/a_low.jpg", SKEncodedImageFormat.Jpeg, radius: 12);
        Draw("degraded/stray.jpg", SKEncodedImageFormat.Jpeg, radius: 12);
        DotNet.Result trained = await sample.RunAsync(
            0,
            [
                "train", "--images", "photos", "--degraded", "degraded", "--suffix", "_low", "--validation", "photos",
                "--validation-degraded", "degraded", "--validation-suffix", "_low", "--network", "dncnn-17-gray", "--loss",
                "l2 + 0.5*ssim", "--steps", "4", "--batch", "2", "--batch-parts", "2", "--patch", "16", "--stages", "2:24x2", "--warm-up",
                "2", "--schedule", "steps:3:0.5", "--freeze", "dncnn.0", "--weight-decay", "0.01", "--clip-value", "0.1", "--cache",
                "cache", "--output", "out"
            ]);
        Assert.Contains("to undo the degradation of pairs.", trained.Output, StringComparison.Ordinal);
        Assert.Contains("1 images. Loss: l2 + 0.5*ssim.", trained.Output, StringComparison.Ordinal);
        Assert.Contains("stray.jpg", trained.Output, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(sample.Folder.PathOf("cache")));

        // The file's options, one of them from a response file, and another folder.
        sample.Folder.Write("steps.rsp", "--steps\n4\n");
        await sample.RunAsync(0, "train", "--options", "out/options.json", "@steps.rsp", "--output", "again");
        Assert.Equal(sample.Read("out/last.ckpt"), sample.Read("again/last.ckpt"));

        DotNet.Result evaluated = await sample.RunAsync(
            0, "evaluate", "--checkpoint", "out/last.ckpt", "--images", "photos", "--degraded", "degraded", "--suffix", "_low");
        Assert.Contains("1 images, pairs", evaluated.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PackagedNetwork_NeedsNoCheckpoint()
    {
        DotNet.Result restored = await sample.RunAsync(0, "restore", "--model", "jpeg", "--input", "photos/a.png", "--output", "restored");
        Assert.Contains("a.png", restored.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(sample.Folder.PathOf("restored/a.png")));
        DotNet.Result evaluated = await sample.RunAsync(
            0, "evaluate", "--model", "jpeg", "--images", "photos", "--degradation", "jpeg:10", "--metrics", "haarpsi", "gmsd");
        Assert.Matches(@"mean: .* dB, .*, haarpsi 0\.\d{4}, gmsd 0\.\d{4}", evaluated.Output);

        Assert.Contains(
            "'--checkpoint' or '--model' is required: a trained network, or the name of a packaged one (denoise, jpeg, sr-x4).",
            (await sample.RunAsync(1, "restore", "--input", "photos")).Output,
            StringComparison.Ordinal);
        Assert.Contains(
            "--model and --checkpoint exclude each other; give one of them.",
            (await sample.RunAsync(1, "restore", "--input", "photos", "--model", "jpeg", "--checkpoint", "a.ckpt")).Output,
            StringComparison.Ordinal);
        Assert.Contains(
            "--network and --key belong to --checkpoint; --model needs neither.",
            (await sample.RunAsync(1, "restore", "--input", "photos", "--model", "jpeg", "--key", "params")).Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plot_FolderWithoutALog_IsSaid()
    {
        Assert.Contains(
            "holds no log.csv; expected the --output folder of a training.",
            (await sample.RunAsync(1, "plot", "photos")).Output,
            StringComparison.Ordinal);
        sample.Folder.Write("bad/log.csv", "step,loss\n10,0.5\n20,many\n");
        Assert.Contains(
            "is damaged: line 3 does not hold 2 numbers.", (await sample.RunAsync(1, "plot", "bad")).Output, StringComparison.Ordinal);
        sample.Folder.Write("new/log.csv", "step,loss\n");
        Assert.Contains("has no row yet", (await sample.RunAsync(1, "plot", "new")).Output, StringComparison.Ordinal);
        sample.Folder.Write("text/log.csv", "hello\n");
        Assert.Contains("is no log of a training", (await sample.RunAsync(1, "plot", "text")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_BestByAMetric_IsSaid()
    {
        DotNet.Result trained = await sample.RunAsync(
            0, [.. Training, "--metrics", "haarpsi", "--best-by", "haarpsi", "--precision", "Full", "--output", "out"]);
        Assert.Matches(@"Best validation: haarpsi 0\.\d{4} at step (6|12)\.", trained.Output);
        await sample.RunAsync(0, "plot", "out");
        string page = Encoding.UTF8.GetString(sample.Read("out/training.html"));
        Assert.Equal(7, Regex.Count(page, "<svg "));
        Assert.Contains("<figcaption>Validation: haarpsi</figcaption>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(
            "expected a metric that is measured: psnr, ssim",
            (await sample.RunAsync(1, [.. Training, "--best-by", "vif", "--output", "other"])).Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TrainEvaluateRestore_OneAfterTheOther()
    {
        DotNet.Result trained = await sample.RunAsync(
            0, [.. Training, "--ema", "0.9", "--clip", "1", "--schedule", "cosine", "--tensorboard", "--output", "out"]);
        Assert.Contains("step 12/12: loss ", trained.Output, StringComparison.Ordinal);
        Assert.Contains("Skipping image 'broken.png': it is not a PNG, JPEG, BMP or WebP file.", trained.Output, StringComparison.Ordinal);
        Assert.Equal(5, File.ReadLines(sample.Folder.PathOf("out/log.csv")).Count());
        Assert.True(Directory.Exists(sample.Folder.PathOf("out/tensorboard")));

        DotNet.Result evaluated = await sample.RunAsync(
            0, "evaluate", "--checkpoint", "out/best.ckpt", "--images", "photos", "--degradation", "jpeg:10");
        Assert.Contains("more/b.jpg: ", evaluated.Output, StringComparison.Ordinal);
        Assert.Matches(@"mean: [\d.]+ dB, [\d.]+ -> -?[\d.]+ dB, -?[\d.]+", evaluated.Output);

        DotNet.Result restored = await sample.RunAsync(
            1, "restore", "--checkpoint", "out/last.ckpt", "--input", "photos", "--output", "restored", "--tile", "16");
        Assert.Contains("broken.png", restored.Output, StringComparison.Ordinal);
        await sample.RunAsync(
            0, "restore", "--checkpoint", "out/last.ckpt", "--input", "photos/more/b.jpg", "--output", "single", "--self-ensemble");
        foreach (string name in (string[])["restored/a.png", "restored/more/b.png", "single/b.png"])
        {
            using var image = SKBitmap.Decode(sample.Folder.PathOf(name));
            Assert.Equal((40, 32), (image.Width, image.Height));
        }

        // As many results as images, whatever their names; results below the folder of the input are no input of the next run.
        foreach (string name in (string[])["a.png", "a.png.jpg", "a.jpg", "a.jpg.png", "b.jpg"])
        {
            Directory.CreateDirectory(sample.Folder.PathOf("mixed"));
            File.WriteAllBytes(sample.Folder.PathOf($"mixed/{name}"), sample.Read("photos/more/b.jpg"));
        }

        for (int run = 0; run < 2; run++)
        {
            await sample.RunAsync(0, "restore", "--checkpoint", "out/last.ckpt", "--input", "mixed", "--output", "mixed/restored");
            Assert.Equal(
                ["a.jpg.png", "a.jpg.png.png", "a.png.jpg.png", "a.png.png", "b.png"],
                Directory.GetFiles(sample.Folder.PathOf("mixed/restored")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        }

        await sample.RunAsync(
            0, "restore", "--checkpoint", "out/last.ckpt", "--input", "mixed/b*", "photos/a.png", "--output", "several");
        Assert.Equal(
            ["a.png", "b.png"], Directory.GetFiles(sample.Folder.PathOf("several")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Run_KilledAndResumed_GivesTheCheckpointsOfARunInOne()
    {
        await sample.RunAsync(0, [.. Training, "--output", "whole"]);
        const int KilledExitCode = 137;
        await sample.RunAndSignalAsync(KilledExitCode, "KILL", "parts/last.ckpt", [.. Training, "--output", "parts"]);
        await sample.RunAloneAsync(0, [.. Training, "--output", "parts", "--resume"]);
        foreach (string name in (string[])["last.ckpt", "best.ckpt", "state.safetensors"])
        {
            Assert.Equal(sample.Read($"whole/{name}"), sample.Read($"parts/{name}"));
        }
    }

    [Fact]
    public async Task Run_Adversarial_GoesOnFromATrainedNetwork()
    {
        string[] arguments =
        [
            "--images", "photos", "--network", "dncnn-17-color", "--loss", "l1", "--steps", "1", "--batch", "2", "--patch", "16"
        ];
        await sample.RunAsync(0, ["train", .. arguments, "--output", "first"]);
        await sample.RunAsync(0, ["train", .. arguments, "--adversarial", "--from", "first/last.ckpt", "--output", "second"]);
        Assert.True(File.Exists(sample.Folder.PathOf("second/discriminator.ckpt")));
    }

    [Theory]
    [InlineData("Option '--images' is required", "train")]
    [InlineData("'resnet' not recognized", "train", "--images", "photos", "--network", "resnet")]
    [InlineData("'jpeg:best' is no degradation", "train", "--images", "photos", "--degradation", "jpeg:best")]
    [InlineData("'slow' is no schedule", "train", "--images", "photos", "--schedule", "slow")]
    [InlineData("--steps must be at least 1", "train", "--images", "photos", "--steps", "0")]
    [InlineData("There is no run to resume", "train", "--images", "photos", "--resume")]
    [InlineData("holds no file with the extension of an image", "train", "--images", "empty")]
    [InlineData("matches no file", "restore", "--checkpoint", "nothing.ckpt", "--input", "photos/*.tif")]
    [InlineData("--output is the folder of the input", "restore", "--checkpoint", "x", "--input", "photos/a.png", "--output", "photos")]
    [InlineData("--output is the folder of the input", "restore", "--checkpoint", "x", "--input", "photos/", "--output", "photos")]
    [InlineData("nothing.ckpt", "restore", "--checkpoint", "nothing.ckpt", "--input", "photos")]
    [InlineData(
        "the file is neither safetensors nor a PyTorch checkpoint",
        "evaluate",
        "--checkpoint",
        "photos/broken.png",
        "--images",
        "photos")]
    public async Task Run_WhatCannotBeDone_IsSaid(string reason, params string[] arguments)
    {
        Directory.CreateDirectory(sample.Folder.PathOf("empty"));
        Assert.Contains(reason, (await sample.RunAsync(1, arguments)).Output, StringComparison.Ordinal);
    }

    // A disc on grey, without libtorch, which this project has not.
    private void Draw(string name, SKEncodedImageFormat format, int radius)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(sample.Folder.PathOf(name))!);
        using var bitmap = new SKBitmap(40, 32);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.Gray);
        using var paint = new SKPaint { Color = SKColors.Orange };
        canvas.DrawCircle(20, 16, radius, paint);
        using SKData data = bitmap.Encode(format, quality: 90);
        File.WriteAllBytes(sample.Folder.PathOf(name), data.ToArray());
    }
}
