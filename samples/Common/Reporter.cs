namespace Samples.Common;

/// <summary>Calls back at once and in order, unlike <see cref="Progress{T}"/>, which posts each report.</summary>
internal sealed class Reporter<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
