using Microsoft.Extensions.Logging;

namespace Mdf.Testing;

/// <summary>Logger that keeps messages.</summary>
/// <param name="least">Level of the least important messages that are kept.</param>
public sealed class ListLogger(LogLevel least = LogLevel.Information) : ILogger
{
    /// <summary>Logged messages.</summary>
    public List<string> Messages { get; } = [];

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            Messages.Add(formatter(state, exception));
        }
    }
}
