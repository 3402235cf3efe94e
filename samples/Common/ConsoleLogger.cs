using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace Samples.Common;

/// <summary>Prints warnings at once, above a progress bar if there is one.</summary>
internal sealed class ConsoleLogger : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]Warning:[/] {formatter(state, exception)}");
        }
    }
}
