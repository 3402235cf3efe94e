namespace Samples.Common;

/// <summary>Formats durations of up to many hours as h:mm:ss.</summary>
internal static class Clock
{
    public static string Text(TimeSpan time) => FormattableString.Invariant($"{(int)time.TotalHours}:{time:mm\\:ss}");
}
