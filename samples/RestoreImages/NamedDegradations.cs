using System.Globalization;
using Mdf.Degradations;
using Samples.Common;

namespace RestoreImages;

/// <summary>
/// Parses degradations: <c>jpeg:10</c>, <c>jpeg:7-10</c>, <c>noise:25</c>, <c>noise:0-55</c>, <c>bicubic</c>, <c>bsrgan</c> or
/// <c>real-esrgan</c>.
/// </summary>
internal static class NamedDegradations
{
    public const string Help =
        "Degradation to undo: jpeg:QUALITY or jpeg:FROM-TO; noise:SIGMA or noise:FROM-TO, in units of 1/255; bicubic, bsrgan or "
        + "real-esrgan, downscaling by the network's factor. Default: bicubic for super-resolution networks, jpeg:7-10 for others.";

    public static Degradation Parse(string? text, int scale)
    {
        string[] parts = (text ?? (scale > 1 ? "bicubic" : "jpeg:7-10")).Split(':');
        string[] range = parts.Length == 2 ? parts[1].Split('-') : [];
        try
        {
            return (parts[0], range) switch
            {
                ("bicubic", []) => new BicubicDownsampling(scale),
                ("bsrgan", []) => RealWorldDegradation.Bsrgan(scale),
                ("real-esrgan", []) => RealWorldDegradation.RealEsrgan(scale),
                ("jpeg", [var quality]) => new JpegCompression(Whole(quality)),
                ("jpeg", [var lowest, var highest]) => new JpegCompression(Whole(lowest), Whole(highest)),
                ("noise", [var sigma]) => new GaussianNoise(Number(sigma)),
                ("noise", [var lowest, var highest]) => new GaussianNoise(Number(lowest), Number(highest)),
                _ => throw new FormatException(),
            };
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"--degradation {text}: {Messages.FirstLine(e)}", e);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new ArgumentException(
                $"'{text}' is no degradation; expected one like jpeg:10, jpeg:7-10, noise:25, noise:0-55, bicubic, bsrgan or real-esrgan.",
                e);
        }
    }

    private static int Whole(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
}
