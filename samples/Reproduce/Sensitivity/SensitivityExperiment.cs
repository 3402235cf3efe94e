using Mdf.Degradations;
using Reproduce.Data;
using Reproduce.Grids;
using Reproduce.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Sensitivity;

/// <summary>Measures the values of losses for distortions of equal PSNR.</summary>
internal sealed class SensitivityExperiment(Workspace workspace, ImageSet images, int side, IReadOnlyList<double> levels)
{
    public const string Kind = "sensitivity";

    // Shared by all losses, because calibration is slow.
    private readonly Dictionary<(int Image, string Distortion, double Level), Degradation?> calibrated = [];

    /// <summary>Returns the experiment for one loss.</summary>
    public GridItem Item(LossChoice loss) => GridItem.Of(
        workspace,
        $"sensitivity of {loss.Description.Label}",
        Kind,
        Describe(loss),
        (progress, cancellation) => Run(loss, progress, cancellation));

    private SensitivityDescription Describe(LossChoice loss) => new()
    {
        Loss = loss.Description,
        Data = images.Description,
        Side = side,
        Levels = levels,
        Distortions = [.. Distortion.All.Select(d => d.Name)],
    };

    private SensitivityResult Run(LossChoice choice, IProgress<double> progress, CancellationToken cancellation)
    {
        using var noGradient = no_grad();
        using Loss<Tensor, Tensor, Tensor> loss = choice.Create(nn.Reduction.Mean);
        loss.to(workspace.Device);
        (Distortion Distortion, double Level)[] cells = [.. from d in Distortion.All from l in levels select (d, l)];
        var values = new double?[cells.Length, images.Count];
        var psnr = new double?[cells.Length, images.Count];
        var applied = new string?[cells.Length, images.Count];
        for (int i = 0; i < images.Count; i++)
        {
            using Tensor image = images.Middle(i, side);
            for (int c = 0; c < cells.Length; c++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                if (Calibrated(i, image, cells[c].Distortion, cells[c].Level) is { } degradation)
                {
                    Tensor distorted = Distortion.Apply(degradation, image);
                    values[c, i] = loss.call(distorted.to(workspace.Device), image.to(workspace.Device)).ToDouble();
                    psnr[c, i] = Distortion.PsnrOf(degradation, image);
                    applied[c, i] = degradation.Description;
                }
            }

            progress.Report((i + 1) / (double)images.Count);
        }

        return new SensitivityResult([.. cells.Select((cell, c) =>
            new SensitivityCell(cell.Distortion.Name, cell.Level, Row(values, c), Row(psnr, c)) { Applied = Row(applied, c) })])
        { Seed = Distortion.Seed };
    }

    private Degradation? Calibrated(int index, Tensor image, Distortion distortion, double level)
    {
        (int, string, double) key = (index, distortion.Name, level);
        if (!calibrated.TryGetValue(key, out Degradation? degradation))
        {
            calibrated.Add(key, degradation = distortion.AtPsnr(image, level));
        }

        return degradation;
    }

    private static T[] Row<T>(T[,] values, int row) => [.. Enumerable.Range(0, values.GetLength(1)).Select(i => values[row, i])];
}
