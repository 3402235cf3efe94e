namespace Samples.Common;

/// <summary>Times of many hours.</summary>
internal static class Clock
{
    public static string Text(TimeSpan time) => FormattableString.Invariant($"{(int)time.TotalHours}:{time:mm\\:ss}");
}
