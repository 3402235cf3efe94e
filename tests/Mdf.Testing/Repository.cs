namespace Mdf.Testing;

/// <summary>The repository the tests were built in.</summary>
public static class Repository
{
    /// <summary>Root folder, which holds Mdf.sln.</summary>
    public static string Root { get; } = FindRoot(new DirectoryInfo(AppContext.BaseDirectory));

    private static string FindRoot(DirectoryInfo? folder) => folder switch
    {
        null => throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Mdf.sln."),
        _ when File.Exists(Path.Combine(folder.FullName, "Mdf.sln")) => folder.FullName,
        _ => FindRoot(folder.Parent),
    };
}
