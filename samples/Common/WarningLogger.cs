using Microsoft.Extensions.Logging;

namespace Samples.Common;

/// <summary>Hands each warning on as a line of text.</summary>
internal sealed class WarningLogger(Action<string> write) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            write(formatter(state, exception));
        }
    }
}
