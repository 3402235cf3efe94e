using System.Globalization;
using System.Text.RegularExpressions;
using Mdf.Degradations;
using Mdf.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace RestoreImages;

/// <summary>Creates losses by name, and sums of them such as <c>l2 + 0.1*mdf(jpeg)</c>.</summary>
internal static partial class NamedLosses
{
    private const string Mdf = "mdf";

    private static readonly OrderedDictionary<string, Func<string?, MdfPrecision, Loss<Tensor, Tensor, Tensor>>> Losses = new()
    {
        [Mdf] = (weights, precision) => new MdfLoss(weights!, new MdfLossOptions { Precision = precision }),
        ["l1"] = (_, _) => new L1Loss(),
        ["l2"] = (_, _) => new L2Loss(),
        ["charbonnier"] = (_, _) => new CharbonnierLoss(),
        ["ssim"] = (_, _) => new SsimLoss(),
        ["ms-ssim"] = (_, _) => new MsSsimLoss(),
        ["ms-ssim-l1"] = (_, _) => new MsSsimL1Loss(),
        ["haarpsi"] = (_, _) => new HaarPsiLoss(),
        ["gmsd"] = (_, _) => new GmsdLoss(),
        ["gradient"] = (_, _) => new GradientLoss(),
        ["ffl"] = (_, _) => new FocalFrequencyLoss(),
        ["vgg"] = (weights, _) => new VggLoss(weights),
        ["lpips"] = (weights, _) => new LpipsLoss(backbone: weights),
    };

    public static string[] Names => [.. Losses.Keys];

    /// <summary>Parses a sum of losses.</summary>
    /// <param name="text">
    /// Names with optional factors and weights in parentheses, such as <c>l2 + 0.1*mdf(jpeg)</c>.
    /// </param>
    /// <exception cref="ArgumentException">The text is no such sum; the message names the part that is wrong.</exception>
    public static IReadOnlyList<LossTerm> Parse(string text) => [.. Parts(text).Select(part => Term(part, text))];

    /// <summary>Returns the name of the packaged weights for a degradation if the loss is MDF; null for other losses.</summary>
    public static string? DefaultWeights(string name, Degradation? degradation) => name != Mdf ? null : degradation switch
    {
        GaussianNoise => "denoise.ckpt",
        BicubicDownsampling => "sisr.ckpt",
        _ => "jpeg.ckpt",
    };

    /// <summary>Creates the loss that the terms describe.</summary>
    public static Loss<Tensor, Tensor, Tensor> Create(IReadOnlyList<LossTerm> terms, MdfPrecision precision)
    {
        var made = new List<(double, Loss<Tensor, Tensor, Tensor>)>();
        try
        {
            foreach (LossTerm term in terms)
            {
                made.Add((term.Factor, Losses[term.Name](Complete(term), precision)));
            }

            return made is [(1, var only)] ? only : new WeightedLoss(made);
        }
        catch
        {
            made.ForEach(m => m.Item2.Dispose());
            throw;
        }
    }

    // "jpeg" is "jpeg.ckpt", unless there is a file of that name.
    private static string? Complete(LossTerm term) =>
        term is { Name: Mdf, Weights: { } weights } && !Path.HasExtension(weights) && !File.Exists(weights)
            ? weights + ".ckpt"
            : term.Weights;

    // Plus signs inside parentheses belong to file names.
    private static IEnumerable<string> Parts(string text)
    {
        int depth = 0, begin = 0;
        for (int i = 0; i < text.Length; i++)
        {
            depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            bool isExponent = i > 0 && text[i - 1] is 'e' or 'E' && i > 1 && char.IsAsciiDigit(text[i - 2]);
            if (text[i] == '+' && depth == 0 && !isExponent)
            {
                yield return text[begin..i];
                begin = i + 1;
            }
        }

        yield return text[begin..];
    }

    private static LossTerm Term(string part, string text)
    {
        Match match = TermPattern().Match(part);
        string factor = match.Groups["factor"].Value, name = match.Groups["name"].Value, weights = match.Groups["weights"].Value;
        double number = 1;
        if (!match.Success || (factor.Length > 0 && !double.TryParse(factor, NumberStyles.Float, CultureInfo.InvariantCulture, out number)))
        {
            throw new ArgumentException(
                $"--loss {text}: '{part.Trim()}' is no loss; expected a name, or a sum such as \"l2 + 0.1*mdf(jpeg)\".");
        }

        return Losses.ContainsKey(name)
            ? new LossTerm(number, name, weights.Length > 0 ? weights : null)
            : throw new ArgumentException($"--loss {text}: there is no loss '{name}'; expected one of {string.Join(", ", Names)}.");
    }

    [GeneratedRegex(@"^\s*(?:(?<factor>[0-9.eE+-]+)\s*\*\s*)?(?<name>[a-z0-9-]+)\s*(?:\((?<weights>[^()]+)\))?\s*$")]
    private static partial Regex TermPattern();
}
