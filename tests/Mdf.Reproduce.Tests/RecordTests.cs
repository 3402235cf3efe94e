using System.Text.Json.Nodes;
using Mdf.Losses;
using Mdf.Testing;
using Mdf.Training.Discriminators;
using Reproduce.Data;
using Reproduce.Experiments;
using Reproduce.Losses;
using Reproduce.Manifold;
using Reproduce.Presets;
using Reproduce.Report;
using Reproduce.Sensitivity;
using Reproduce.Trainings;

namespace Mdf.Reproduce.Tests;

public sealed class RecordTests(FinishedRun run)
{
    private const string Environment = """
        { "Library": "0.1.0", "TorchSharp": "0.107.0", "LibTorch": "2.10.0.0", "Runtime": ".NET", "Platform": "Linux", "Processor": "2", "Threads": 1, "Device": "cpu", "Finished": "2026-11-27T03:07:17+00:00", "Duration": "00:00:04" }
        """;

    // Records as the first version wrote them, results shortened: results of days must not be computed anew.
    private const string Evaluation = """
        {"Training": {"Application": "jpeg", "Degradation": "JPEG, quality 10, 4:2:0, random grid phase", "Network": {"$type": "dncnn", "Channels": 3, "Layers": 8, "Width": 32, "Normalization": true, "Biases": false, "ParameterCount": 57408}, "Loss": {"Name": "MDF", "Weights": "jpeg.ckpt", "Checksum": "148e2798108c4fff", "Scales": 3, "Precision": "BFloat16", "Label": "MDF (jpeg.ckpt)"}, "Data": {"Name": "train", "Count": 200, "Checksum": "b626d29a9653bf7a"}, "Steps": 2000, "Batch": 8, "Patch": 48, "LearningRate": 0.001, "Schedule": "cosine to 0.01", "Seed": 1}, "Application": "jpeg", "Degradation": "JPEG, quality 10, 4:2:0", "Data": {"Name": "val", "Count": 20, "Checksum": "7670d2a74e79067e"}, "Measures": "PSNR and SSIM of RGB, all pixels, 8 bits"}
        """;

    private const string EvaluationOfSeeds = """
        {"Training": {"Application": "jpeg", "Degradation": "JPEG, quality 10, 4:2:0, random grid phase", "Network": {"$type": "dncnn", "Channels": 3, "Layers": 3, "Width": 8, "Normalization": true, "Biases": false, "ParameterCount": 1024}, "Loss": {"Name": "MDF", "Weights": "2 seed images", "Checksum": "afd12c59a2146a56", "Scales": 2, "SeedImages": 2, "Label": "MDF (2 seed images)"}, "Data": {"Name": "synthetic", "Count": 6, "Checksum": "0777a8941547cdeb"}, "Steps": 6, "Batch": 2, "Patch": 32, "LearningRate": 0.001, "Schedule": "cosine to 0.01", "Seed": 1}, "Application": "jpeg", "Degradation": "JPEG, quality 10, 4:2:0", "Data": {"Name": "synthetic", "Count": 4, "Checksum": "18bc75f9ebb50261"}, "Measures": "PSNR and SSIM of RGB, all pixels, 8 bits"}
        """;

    private const string EvaluationResults = """
        { "Images": ["a.png"], "Psnr": [27.5], "Ssim": [0.8], "TrainingTime": "00:01:00", "RestoredFolder": "images/1", "ReferenceFolder": "images/2", "Stored": 1 }
        """;

    private const string Sensitivity = """
        {"Loss": {"Name": "MDF", "Weights": "sisr.ckpt", "Checksum": "eea42813d0aed1b4", "Scales": 8, "Label": "MDF (sisr.ckpt)"}, "Data": {"Name": "synthetic", "Count": 2, "Checksum": "9fb58d1b8a2a2ff3"}, "Side": 64, "Levels": [20, 30, 40], "Distortions": ["blur", "noise", "grating", "contrast", "brightness", "JPEG"]}
        """;

    private const string Manifold = """
        {"Features": "MDF (denoise.ckpt), averaged over channels", "Network": "efd2713621023911", "Data": {"Name": "synthetic", "Count": 6, "Checksum": "23d5024d8d120efb"}, "Side": 64, "Distortions": ["JPEG, quality 7 to 10, 4:2:0", "bilinear down and up x4", "scrambled Laplacian pyramid of 5 levels"], "Seed": 1}
        """;

    [Theory]
    [InlineData("c887e5959c61cf90", Evaluation)]
    [InlineData("4b42812482b020c2", EvaluationOfSeeds)]
    public void Evaluation_OfTheFirstVersion_IsFoundAgain(string identity, string description)
    {
        var record = Assert.Single(
            Read<EvaluationDescription, EvaluationResult>(TrainingGrid.Kind, identity, description, EvaluationResults));

        Assert.Equal(identity, ExperimentIdentity.Of(record.Description));
        Assert.Null(record.Result.TrainingEnvironment);
        Assert.Null(record.Result.Discriminators);
    }

    [Fact]
    public void SensitivityAndManifold_OfTheFirstVersion_AreFoundAgain()
    {
        var sensitivity = Assert.Single(Read<SensitivityDescription, SensitivityResult>(
            SensitivityExperiment.Kind, "017eef89ec5cf807", Sensitivity, """{ "Cells": [{ "Distortion": "blur", "Level": 20, "Losses": [1.5], "Psnr": [20] }] }"""));
        var manifold = Assert.Single(Read<ManifoldDescription, ManifoldResult>(
            ManifoldExperiment.Kind, "004ab37e8af70ba1", Manifold, """{ "Pairs": [{ "Distortion": "JPEG", "Original": [[0, 1]], "Distorted": [[1, 2]], "Neighbors": 0.5, "Logistic": 0.75 }] }"""));

        Assert.Equal("017eef89ec5cf807", ExperimentIdentity.Of(sensitivity.Description));
        Assert.Null(sensitivity.Result.Seed);
        Assert.Null(Assert.Single(sensitivity.Result.Cells).Applied);
        Assert.Equal("004ab37e8af70ba1", ExperimentIdentity.Of(manifold.Description));
        Assert.Null(manifold.Result.Training);
    }

    [Fact]
    public void SeedImages_TheirIdentity_IsThatOfItsThreeParts()
    {
        var seeds = new DataDescription("BSD", 2, "1");
        var options = new DiscriminatorTrainingOptions { Seed = 3 };

        Assert.Equal(
            ExperimentIdentity.Of(new { Task = RestorationTask.JpegRemoval, Seeds = seeds, Options = options }),
            ExperimentIdentity.Of(new SeedImageDescription { Task = RestorationTask.JpegRemoval, Seeds = seeds, Options = options }));
    }

    [Fact]
    public void Evaluations_OfAFinishedRun_KeepWhereAndHowAllWasTrained()
    {
        var records = new ExperimentStore(run.Runs).All<EvaluationDescription, EvaluationResult>(TrainingGrid.Kind);

        Assert.All(records, r => Assert.Equal(r.Description.Training is null, r.Result.TrainingEnvironment is null));
        Assert.All(
            records.Where(r => r.Result.TrainingEnvironment is not null),
            r => Assert.Equal(r.Result.TrainingTime, r.Result.TrainingEnvironment!.Duration));
        Assert.All(records, r => Assert.Equal(r.Description.Training?.Loss.SeedImages, r.Result.Discriminators?.Seeds.Count));
        var seeds = records.First(r => r.Result.Discriminators is not null);
        Assert.Equal(TinyRun.Preset.Discriminators with { Seed = 1 }, seeds.Result.Discriminators!.Options);
        Assert.Equal(seeds.Description.Training!.Loss.Checksum, ExperimentIdentity.Of(seeds.Result.Discriminators));
    }

    [Fact]
    public void SensitivityAndManifold_OfAFinishedRun_KeepWhatWasDoneToImagesAndNetworks()
    {
        var store = new ExperimentStore(run.Runs);
        var sensitivities = store.All<SensitivityDescription, SensitivityResult>(SensitivityExperiment.Kind);
        var srgan = Assert.Single(
            store.All<ManifoldDescription, ManifoldResult>(ManifoldExperiment.Kind), m => m.Result.Training is not null);

        Assert.All(sensitivities, s => Assert.Equal(Distortion.Seed, s.Result.Seed));
        SensitivityCell blur = sensitivities[0].Result.Cells.First(c => c.Distortion == "blur");
        Assert.Equal(blur.Losses.Select(l => l is null), blur.Applied!.Select(a => a is null));
        Assert.Contains(blur.Applied!, a => a?.StartsWith("Gaussian blur, sigma ", StringComparison.Ordinal) == true);
        Assert.Equal(FeatureSource.SrganTitle, srgan.Description.Features);
        Assert.Equal(TinyRun.Preset.Srgan.Steps, srgan.Result.Training!.Generator.Steps);
        Assert.Equal(srgan.Description.Network, ExperimentIdentity.Of(srgan.Result.Training));
        Assert.Equal(
            srgan.Description.Network,
            ExperimentIdentity.Of(
                new { srgan.Result.Training.Method, srgan.Result.Training.Generator, srgan.Result.Training.AdversarialWeight }));
    }

    [Fact]
    public void Presets_OfARunWithFewerStepsThanItsPreset_SayHowMany()
    {
        PresetUse use = Assert.Single(new ReportData(new(run.Folder)).Presets);

        Assert.Equal(AllPresets.Smoke.Name, use.Preset.Name);
        Assert.Contains("JPEG removal, DnCNN, quality 10: steps 2 instead of 6", use.Departures);
        Assert.Contains("steps 2 instead of 6", File.ReadAllText(run.Page), StringComparison.Ordinal);
        Assert.Contains("- JPEG removal, DnCNN, quality 10: steps 2 instead of 6", File.ReadAllLines(run.Markdown));
    }

    private static IReadOnlyList<ExperimentRecord<TDescription, TResult>> Read<TDescription, TResult>(
        string kind, string identity, string description, string result)
        where TDescription : notnull
    {
        using var folder = new TemporaryFolder();
        var record = new JsonObject
        {
            ["Kind"] = kind,
            ["Identity"] = identity,
            ["Description"] = JsonNode.Parse(description),
            ["Result"] = JsonNode.Parse(result),
            ["Environment"] = JsonNode.Parse(Environment),
        };
        folder.Write($"{kind}-{identity}.json", record.ToJsonString());
        return new ExperimentStore(folder.FullName).All<TDescription, TResult>(kind);
    }
}
