using Xunit;

namespace Mdf.Testing;

/// <summary>
/// Decides how long repetitive tests run: in full if the environment variable MDF_TEST_LENGTH is "full", else a fraction of that.
/// </summary>
public static class TestLength
{
    /// <summary>Whether tests run in full, as continuous integration with CI=true does.</summary>
    public static bool IsFull { get; } =
        string.Equals(Environment.GetEnvironmentVariable("MDF_TEST_LENGTH"), "full", StringComparison.OrdinalIgnoreCase);

    /// <summary>Skips a test whose fault another, shorter test would nearly always show too, unless tests run in full.</summary>
    /// <param name="reason">Says why the test takes long.</param>
    public static void SkipUnlessFull(string reason) => Assert.SkipUnless(IsFull, $"{reason}: only with MDF_TEST_LENGTH=full");

    /// <summary>Returns the number of repetitions of a full or of a usual run.</summary>
    public static int Of(int full, int usual) => IsFull ? full : usual;
}
