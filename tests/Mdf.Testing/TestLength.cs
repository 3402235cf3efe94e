namespace Mdf.Testing;

/// <summary>
/// Decides how long repetitive tests run: in full if the environment variable MDF_TEST_LENGTH is "full", else a fraction of that.
/// </summary>
public static class TestLength
{
    /// <summary>Whether tests run in full, as continuous integration with CI=true does.</summary>
    public static bool IsFull { get; } =
        string.Equals(Environment.GetEnvironmentVariable("MDF_TEST_LENGTH"), "full", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns the number of repetitions of a full or of a usual run.</summary>
    public static int Of(int full, int usual) => IsFull ? full : usual;
}
