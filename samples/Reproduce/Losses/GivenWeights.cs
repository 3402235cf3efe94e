namespace Reproduce.Losses;

/// <summary>Discriminators that the command line names.</summary>
/// <param name="Application">The application they are for; null for all.</param>
/// <param name="Path">Their file.</param>
internal sealed record GivenWeights(string? Application, string Path)
{
    private const char Separator = '=';

    /// <summary>Reads FILE or APPLICATION=FILE; what only looks like the latter is a file if it is there, or has a folder before the sign.</summary>
    public static GivenWeights Parse(string text)
    {
        int sign = text.IndexOf(Separator, StringComparison.Ordinal);
        string before = sign < 0 ? "" : text[..sign];
        GivenWeights given = global::Reproduce.Application.All.Any(a => a.Key == before) ? new(before, text[(sign + 1)..])
            : sign < 0 || File.Exists(text) || before.AsSpan().IndexOfAny('/', '\\') >= 0 ? new(null, text)
            : throw new ArgumentException(
                $"--weights: there is no application '{before}'; expected a file, or one of {string.Join(", ", global::Reproduce.Application.All.Select(a => a.Key))} before the sign {Separator}.");
        return DiscriminatorWeights.Exist(given.Path) ? given : throw new FileNotFoundException($"--weights: there is no file '{given.Path}'.", given.Path);
    }

    /// <summary>Whether they are for an application; those for JPEG are for any quality.</summary>
    public bool IsFor(Application application) => Application is null || Application == application.Key || (Application == "jpeg" && application.Key == "jpeg7");
}
