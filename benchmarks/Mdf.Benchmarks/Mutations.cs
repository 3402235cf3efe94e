using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Mdf.Checkpoints;
using Mdf.Imaging;
using SkiaSharp;
using static TorchSharp.torch;

namespace Mdf.Benchmarks;

/// <summary>
/// Reads damaged checkpoints and images of all formats. Each input follows from its number, so a run can be continued and any input
/// repeated.
/// </summary>
internal static class Mutations
{
    public const string Command = "mutations";

    private const int Interval = 50_000;

    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Reads inputs and prints what happened. Prints the number of each input that ends in anything but its own exception.
    /// </summary>
    /// <param name="folder">Folder of undamaged checkpoints.</param>
    /// <param name="first">Number of the first input.</param>
    /// <param name="count">Number of inputs.</param>
    /// <returns>Number of inputs with another end.</returns>
    public static long Run(string folder, long first, long count)
    {
        string[] extensions = [".pth", ".safetensors"];
        (string Name, byte[] Bytes)[] seeds =
        [
            .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(f => extensions.Contains(Path.GetExtension(f)))
                .Order()
                .Select(f => (Path.GetFileName(f), File.ReadAllBytes(f))),
            .. Images(),
        ];
        Console.WriteLine($"{seeds.Length} undamaged files: {string.Join(", ", seeds.Select(s => s.Name))}");
        long read = 0, refused = 0, faults = 0, tensors = Tensor.TotalCount;
        TimeSpan longest = TimeSpan.Zero;
        var watch = Stopwatch.StartNew();
        for (long number = first; number < first + count; number++)
        {
            (string name, byte[] bytes) = Damaged(seeds, number);
            var one = Stopwatch.StartNew();
            try
            {
                bool wasRead = Read(name, bytes);
                (read, refused) = wasRead ? (read + 1, refused) : (read, refused + 1);
            }
            catch (Exception e)
            {
                faults++;
                Console.WriteLine($"input {number}, {name}: {e.GetType().Name}: {e.Message}");
            }

            longest = one.Elapsed > longest ? one.Elapsed : longest;
            if (one.Elapsed > Hang)
            {
                faults++;
                Console.WriteLine($"input {number}, {name}: {one.Elapsed.TotalSeconds:f0} s");
            }

            if ((number + 1 - first) % Interval == 0 || number + 1 == first + count)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"next {number + 1}: {read} read, {refused} refused, {faults} faults, longest {longest.TotalMilliseconds:f0} ms, peak "
                    + $"{Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB, {Tensor.TotalCount - tensors} tensors left, "
                    + $"{watch.Elapsed.TotalSeconds:f0} s"));
            }
        }

        return faults;
    }

    // Returns whether the input could be read; false if it was refused.
    private static bool Read(string name, byte[] bytes)
    {
        using var scope = NewDisposeScope();
        try
        {
            if (name.StartsWith("image", StringComparison.Ordinal))
            {
                ImageFile.Decode(bytes, new ImageReadOptions { MaximumPixels = 1 << 22 }).sum().item<float>();
                return true;
            }

            using StateDictionary weights = StateDictionaryReader.Read(new MemoryStream(bytes), name);
            foreach (Tensor weight in weights.Values.Where(w => w.numel() is > 0 and < 100_000))
            {
                weight.to(ScalarType.Float64).sum().item<double>();
            }

            return true;
        }
        catch (Exception e) when (e is CheckpointFormatException or ImageFileException)
        {
            return false;
        }
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Images()
    {
        using Tensor picture = SyntheticImage.DeadLeaves(23, 17, seed: 1), grey = picture.narrow(1, 0, 1);
        yield return ("image.png", ImageFile.EncodePng(picture));
        yield return ("image-grey.png", ImageFile.EncodePng(grey));
        yield return ("image.jpg", ImageFile.EncodeJpeg(picture, 80));
        yield return ("image-444.jpg", ImageFile.EncodeJpeg(picture, 95, JpegChromaSubsampling.Samples444));
        using var bitmap = new SKBitmap(17, 23);
        foreach ((int i, byte value) in ImageTensor.ToPixels(picture).Index())
        {
            int pixel = i / 3;
            SKColor color = bitmap.GetPixel(pixel % 17, pixel / 17);
            bitmap.SetPixel(pixel % 17, pixel / 17, (i % 3) switch
            {
                0 => color.WithRed(value).WithAlpha(200),
                1 => color.WithGreen(value),
                _ => color.WithBlue(value),
            });
        }

        using SKData webP = bitmap.Encode(SKEncodedImageFormat.Webp, 80);
        yield return ("image.webp", webP.ToArray());
        using SKData withAlpha = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        yield return ("image-alpha.png", withAlpha.ToArray());
    }

    private static (string Name, byte[] Bytes) Damaged((string Name, byte[] Bytes)[] seeds, long number)
    {
        var random = new Random(unchecked((int)(number * 2654435761)) ^ (int)(number >> 31));
        (string name, byte[] bytes) = seeds[random.Next(seeds.Length)];
        bytes = [.. bytes];
        for (int left = random.Next(1, 5); left > 0 && bytes.Length > 0; left--)
        {
            int at = random.Next(bytes.Length), length = Math.Min(random.Next(1, 100), bytes.Length - at);
            switch (random.Next(8))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    random.NextBytes(bytes.AsSpan(at, length));
                    break;
                case 3 when length >= sizeof(int):
                    BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), Extreme(random));
                    break;
                case 4 when length >= sizeof(int):
                    BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), Extreme(random));
                    break;
                case 5:
                    bytes = bytes[..at];
                    break;
                case 6:
                    bytes = [.. bytes[..at], .. bytes[(at + length)..]];
                    break;
                default:
                    byte[] other = seeds[random.Next(seeds.Length)].Bytes;
                    int from = random.Next(other.Length);
                    bytes = [.. bytes[..at], .. other[from..Math.Min(from + length, other.Length)], .. bytes[at..]];
                    break;
            }
        }

        return (name, bytes);
    }

    private static int Extreme(Random random) => random.Next(5) switch
    {
        0 => int.MaxValue,
        1 => int.MinValue,
        2 => -1,
        3 => 0,
        _ => 1 << random.Next(31),
    };
}
