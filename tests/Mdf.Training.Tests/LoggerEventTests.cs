using System.Reflection;
using Mdf.Losses;
using Mdf.Training.Restoration;
using Microsoft.Extensions.Logging;

namespace Mdf.Training.Tests;

public sealed class LoggerEventTests
{
    [Fact]
    public void Events_OfAllMessages_HaveIdsOfTheirOwn()
    {
        LoggerMessageAttribute[] messages =
        [
            .. new[] { typeof(MdfLoss), typeof(RestorationTrainer) }.SelectMany(t => t.Assembly.GetTypes())
                .SelectMany(t => t.GetMethods(
                    BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                .Select(m => m.GetCustomAttribute<LoggerMessageAttribute>())
                .OfType<LoggerMessageAttribute>(),
        ];
        Assert.True(messages.Length >= 12, $"only {messages.Length} messages were found");
        Assert.All(messages, m => Assert.InRange(m.EventId, 100, 399));
        Assert.Equal(messages.Length, messages.Select(m => m.EventId).Distinct().Count());
    }
}
