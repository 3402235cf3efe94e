using Microsoft.Extensions.Logging;

namespace Mdf.Losses;

internal static partial class LoggerMessages
{
    [LoggerMessage(Level = LogLevel.Information, Message = "MDF loss: {ScaleCount} frozen discriminators from {Weights}.")]
    public static partial void Loaded(this ILogger logger, int scaleCount, string weights);
}
