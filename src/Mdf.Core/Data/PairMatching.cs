namespace Mdf.Data;

/// <summary>Matches the names of degraded images and of references.</summary>
internal sealed class PairMatching(string[] degraded, string[] references, string degradedFolder, string referenceFolder)
{
    private readonly List<SkippedImage> unmatched = [];

    /// <summary>Images without a partner, with the reasons.</summary>
    public IReadOnlyList<SkippedImage> Unmatched => unmatched;

    /// <summary>Matches paths without extensions.</summary>
    /// <param name="suffix">Text at the end of the degraded images' names.</param>
    /// <returns>Indices of the partners, in the references' order.</returns>
    /// <exception cref="ArgumentException">No names match.</exception>
    public (int Degraded, int Reference)[] ByName(string suffix)
    {
        ILookup<string, int> low = Enumerable.Range(0, degraded.Length).ToLookup(i => Stem(degraded[i]), StringComparer.Ordinal);
        ILookup<string, int> high = Enumerable.Range(0, references.Length).ToLookup(i => Stem(references[i]), StringComparer.Ordinal);
        var pairs = new List<(int, int)>();
        foreach (IGrouping<string, int> group in high)
        {
            int[] partners = [.. low[group.Key + suffix]];
            if (partners is [var partner] && group.Count() == 1)
            {
                pairs.Add((partner, group.First()));
                continue;
            }

            string reason = partners.Length == 0
                ? $"'{degradedFolder}' has no image named '{group.Key + suffix}'."
                : $"its name is not unique: {string.Join(", ", group.Select(High).Concat(partners.Select(Low)))}.";
            unmatched.AddRange(group.Select(i => new SkippedImage($"{referenceFolder}: {references[i]}", reason)));
        }

        foreach (IGrouping<string, int> group in low)
        {
            string? stem = group.Key.EndsWith(suffix, StringComparison.Ordinal) ? group.Key[..^suffix.Length] : null;
            if (stem is null || !high.Contains(stem))
            {
                string reason = stem is null
                    ? $"its name does not end in '{suffix}'."
                    : $"'{referenceFolder}' has no image named '{stem}'.";
                unmatched.AddRange(group.Select(i => new SkippedImage($"{degradedFolder}: {degraded[i]}", reason)));
            }
        }

        return pairs.Count > 0 ? [.. pairs] : throw NoneMatches(suffix);
    }

    /// <summary>Reads the pairs of a list.</summary>
    /// <param name="path">Path of the list.</param>
    /// <returns>Indices of the partners, in the list's order.</returns>
    /// <exception cref="ArgumentException">A line does not name one image of each folder, or there is no line.</exception>
    public (int Degraded, int Reference)[] ByList(string path)
    {
        Dictionary<string, int> low = Indices(degraded), high = Indices(references);
        var pairs = new List<(int, int)>();
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (line.Trim() is "" or ['#', ..])
            {
                continue;
            }

            string[] names = [.. line.Split('\t', ',').Select(name => name.Trim().Replace('\\', '/'))];
            if (names.Length != 2)
            {
                throw Wrong($"'{line}'; expected two names, divided by a tab or comma");
            }

            int one = low.TryGetValue(names[0], out int l) ? l : throw Wrong($"'{names[0]}'; expected an image of '{degradedFolder}'");
            int two = high.TryGetValue(names[1], out int h) ? h : throw Wrong($"'{names[1]}'; expected an image of '{referenceFolder}'");
            pairs.Add((one, two));
        }

        return pairs.Count > 0
            ? [.. pairs]
            : throw new ArgumentException($"'{path}' names no pair; expected a degraded image and its reference on each line.");

        ArgumentException Wrong(string fault) => new($"Line {number} of '{path}' has {fault}.");
    }

    private static Dictionary<string, int> Indices(string[] names) =>
        names.Select((name, index) => (name, index)).ToDictionary(n => n.name, n => n.index, StringComparer.Ordinal);

    private string Low(int index) => degraded[index];

    private string High(int index) => references[index];

    private static string Stem(string name) => name[..^Path.GetExtension(name).Length];

    private ArgumentException NoneMatches(string suffix)
    {
        string first = Stem(references[0]);
        string? tail = degraded.Select(Stem).FirstOrDefault(name => name.StartsWith(first, StringComparison.Ordinal))?[first.Length..];
        string help = tail is { Length: > 0 } && tail != suffix
            ? $"; set {nameof(PairedFoldersOptions.Suffix)} to '{tail}'"
            : $"; rename them, or name the pairs in a {nameof(PairedFoldersOptions.ListFile)}";
        return new ArgumentException(
            $"No image of '{degradedFolder}' (such as '{degraded[0]}') has the name of one of '{referenceFolder}' (such as "
            + $"'{references[0]}')" + (suffix.Length > 0 ? $" with the suffix '{suffix}'" : "") + help + ".");
    }
}
