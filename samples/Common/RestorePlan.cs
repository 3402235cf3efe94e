namespace Samples.Common;

/// <summary>Finds the images to restore and names their results, so that no result replaces another one or an input.</summary>
internal static class RestorePlan
{
    private static readonly char[] Wildcards = ['*', '?'];

    /// <summary>Returns the file of each image and of its result, in the order of the inputs.</summary>
    /// <param name="inputs">Image files, folders and patterns.</param>
    /// <param name="output">Folder of the results.</param>
    /// <param name="imagesOf">Lists the images of a folder, relative to it and with forward slashes.</param>
    /// <exception cref="ArgumentException">
    /// A pattern matches nothing, the output is the folder of an input, or results would replace inputs or each other.
    /// </exception>
    public static IReadOnlyList<(string Input, string Output)> Of(
        IReadOnlyList<string> inputs, string output, Func<string, IEnumerable<string>> imagesOf)
    {
        output = Path.GetFullPath(output);
        (string Input, string Name)[] images = [.. inputs.SelectMany(input => Images(input, output, imagesOf)).DistinctBy(i => i.Input)];
        string[] results = [.. images.Select(i => Path.ChangeExtension(i.Name, ".png"))];

        // If a folder holds a.jpg and a.png, the results are named a.jpg.png and a.png.png. A new name may meet that of another image.
        for (HashSet<string> repeated = Repeated(results); repeated.Count > 0; repeated = Repeated(results))
        {
            int[] changed =
            [
                .. Enumerable.Range(0, results.Length).Where(i => repeated.Contains(results[i]) && results[i] != Whole(images[i].Name)),
            ];
            if (changed.Length == 0)
            {
                IEnumerable<string> same = images.Where((_, i) => repeated.Contains(results[i])).Select(i => i.Input);
                throw new ArgumentException(
                    $"The results of {string.Join(" and ", same)} would have one name; restore them into different folders (--output).");
            }

            Array.ForEach(changed, i => results[i] = Whole(images[i].Name));
        }

        (string Input, string Output)[] plan = [.. images.Select((image, i) => (image.Input, Path.Combine(output, results[i])))];
        HashSet<string> read = [.. images.Select(i => i.Input)];
        return plan.FirstOrDefault(p => read.Contains(p.Output)) is { Output: { } replaced }
            ? throw new ArgumentException($"--output is the folder of {replaced}, which a result would replace; give another folder.")
            : plan;
    }

    private static string Whole(string name) => $"{name}.png";

    private static HashSet<string> Repeated(IEnumerable<string> names) => names.GroupBy(n => n, StringComparer.OrdinalIgnoreCase)
        .Where(g => g.Count() > 1).SelectMany(g => g).ToHashSet(StringComparer.OrdinalIgnoreCase);

    // Results of an earlier run may lie below the folder; they are no input.
    private static IEnumerable<(string Input, string Name)> Images(
        string input, string output, Func<string, IEnumerable<string>> imagesOf)
    {
        bool isFolder = Directory.Exists(input);
        string place = isFolder ? Path.GetFullPath(input) : Path.GetDirectoryName(Path.GetFullPath(input))!;
        if (Path.TrimEndingDirectorySeparator(place) == Path.TrimEndingDirectorySeparator(output))
        {
            throw new ArgumentException("--output is the folder of the input, whose files would be overwritten; give another folder.");
        }

        if (isFolder)
        {
            string below = Path.GetRelativePath(place, output).Replace('\\', '/') + "/";
            return imagesOf(place)
                .Where(name => !name.StartsWith(below, StringComparison.Ordinal))
                .Select(name => (Path.GetFullPath(Path.Combine(place, name)), name));
        }

        string file = Path.GetFileName(input);
        if (File.Exists(input) || file.IndexOfAny(Wildcards) < 0)
        {
            return [(Path.GetFullPath(input), file)];
        }

        string[] found = Directory.Exists(place) ? [.. Directory.EnumerateFiles(place, file).Order(StringComparer.Ordinal)] : [];
        return found.Length > 0
            ? found.Select(f => (f, Path.GetFileName(f)))
            : throw new ArgumentException($"--input '{input}' matches no file in {place}.");
    }
}
