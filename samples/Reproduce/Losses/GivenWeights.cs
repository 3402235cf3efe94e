namespace Reproduce.Losses;

/// <summary>Discriminators from the command line.</summary>
/// <param name="Application">Key of the application that the discriminators are for; null for all applications.</param>
/// <param name="Path">Path of the file, or name of packaged discriminators.</param>
internal sealed record GivenWeights(string? Application, string Path)
{
    private const char Separator = '=';

    /// <summary>
    /// Parses FILE or APPLICATION=FILE. A text whose part before the sign is no application is a path if the file exists or if this part
    /// contains a folder.
    /// </summary>
    public static GivenWeights Parse(string text)
    {
        int sign = text.IndexOf(Separator, StringComparison.Ordinal);
        string before = sign < 0 ? "" : text[..sign];
        string[] keys = [.. global::Reproduce.Application.All.Select(a => a.Key)];
        GivenWeights given = keys.Contains(before) ? new(before, text[(sign + 1)..])
            : sign < 0 || File.Exists(text) || before.AsSpan().IndexOfAny('/', '\\') >= 0 ? new(null, text)
            : throw new ArgumentException(
                $"--weights: there is no application '{before}'; expected a file, or one of {string.Join(", ", keys)} "
                + $"before the sign {Separator}.");
        return DiscriminatorWeights.Exist(given.Path)
            ? given
            : throw new FileNotFoundException($"--weights: there is no file '{given.Path}'.", given.Path);
    }

    /// <summary>Returns whether the discriminators are for an application. Those for JPEG are for both JPEG qualities.</summary>
    public bool IsFor(Application application) =>
        Application is null || Application == application.Key || (Application == "jpeg" && application.Key == "jpeg7");
}
