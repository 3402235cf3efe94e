using Reproduce.Data;
using Reproduce.Grids;
using Reproduce.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Spectrum;

/// <summary>
/// Measures what a loss minds: its values for small sinusoids of every frequency, orientation and colour on photographs, all of the same
/// squared error. A loss prefers what it minds most, and leaves in a restored image what it does not mind.
/// </summary>
internal sealed class SpectrumExperiment(Workspace workspace, ImageSet images, int side)
{
    public const string Kind = "spectrum";

    // About 2.5 of 255 levels: small against structure, large against rounding.
    private const double Strength = 0.01;

    private static readonly double[] Phases = [0.125, 0.375];

    /// <summary>Returns the experiment for one loss.</summary>
    public GridItem Item(LossChoice loss) => GridItem.Of(
        workspace,
        $"spectrum of {loss.Description.Label}",
        Kind,
        Describe(loss),
        (progress, cancellation) => Run(loss, progress, cancellation));

    private SpectrumDescription Describe(LossChoice loss) => new()
    {
        Loss = loss.Description,
        Data = images.Description,
        Side = side,
        Strength = Strength,
        Frequencies = Pattern.Frequencies,
        Orientations = Pattern.Orientations,
        Colors = [.. Pattern.Colors.Select(c => c.Name)],
    };

    private SpectrumResult Run(LossChoice choice, IProgress<double> progress, CancellationToken cancellation)
    {
        using var noGradient = no_grad();
        using Loss<Tensor, Tensor, Tensor> loss = choice.Create(nn.Reduction.Mean);
        loss.to(workspace.Device);
        (string Name, double[] Direction, double Frequency)[] cells =
            [.. from c in Pattern.Colors from f in Pattern.Frequencies select (c.Name, c.Direction, f)];
        var values = new double[cells.Length, images.Count];
        for (int i = 0; i < images.Count; i++)
        {
            using Tensor image = images.Middle(i, side);
            int square = (int)Math.Min(image.shape[2], image.shape[3]);
            using Tensor reference = image.narrow(2, 0, square).narrow(3, 0, square).contiguous().to(workspace.Device);
            for (int c = 0; c < cells.Length; c++)
            {
                cancellation.ThrowIfCancellationRequested();
                values[c, i] = Response(loss, reference, cells[c].Frequency, cells[c].Direction);
            }

            progress.Report((i + 1) / (double)images.Count);
        }

        return new SpectrumResult([.. cells.Select((cell, c) =>
            new SpectrumRow(cell.Name, cell.Frequency, [.. Enumerable.Range(0, images.Count).Select(i => values[c, i])]))]);
    }

    private static double Response(Loss<Tensor, Tensor, Tensor> loss, Tensor reference, double frequency, double[] color)
    {
        var responses = new List<double>();
        foreach (double orientation in Pattern.Orientations)
        {
            foreach (double phase in Phases)
            {
                using var scope = NewDisposeScope();
                Tensor pattern = Pattern.Draw((int)reference.shape[2], frequency, orientation, color, Strength, phase);
                responses.Add(loss.call(reference + pattern.to(reference.device), reference).ToDouble());
            }
        }

        return responses.Average();
    }
}
