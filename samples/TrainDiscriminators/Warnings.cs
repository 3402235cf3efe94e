using Microsoft.Extensions.Logging;

namespace TrainDiscriminators;

/// <summary>Collects warnings, which would break up the progress bars, to write them afterwards.</summary>
internal sealed class Warnings : ILogger
{
    private readonly List<string> messages = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            messages.Add(formatter(state, exception));
        }
    }

    public void Write(TextWriter writer) => messages.ForEach(m => writer.WriteLine($"Warning: {m}"));
}
