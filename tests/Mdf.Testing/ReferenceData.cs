using Mdf.Checkpoints;
using Xunit;

namespace Mdf.Testing;

/// <summary>
/// Values computed with public reference implementations, and the data they need. They are not part of this repository: the folder
/// that holds <c>reference/</c> and <c>data/</c> is named by the environment variable MDF_SHARED_DIR, else it is <c>shared</c> beside
/// the repository. A test that asks for something that is not there is skipped and says so.
/// </summary>
public static class ReferenceData
{
    private const string Variable = "MDF_SHARED_DIR";

    /// <summary>Reads a safetensors file of <c>reference/</c>.</summary>
    public static StateDictionary Open(string name) => SafetensorsFile.Read(FilePath(Path.Combine("reference", name)));

    /// <summary>Returns the path of a file or folder below the shared folder.</summary>
    public static string FilePath(string relative)
    {
        string path = Path.Combine(Root(), relative);
        if (!Path.Exists(path))
        {
            Assert.Skip(
                $"reference data not found: {relative} (looked in the folder {Variable} names, else in 'shared' beside the repository)");
        }

        return path;
    }

    private static string Root() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
        ? named
        : Path.Combine(Repository.Root, "..", "shared");
}
