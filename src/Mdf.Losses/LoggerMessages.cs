using Mdf.Models.Simd;
using Microsoft.Extensions.Logging;

namespace Mdf.Losses;

internal static partial class LoggerMessages
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Information, Message = "MDF loss: {ScaleCount} frozen discriminators from {Weights}.")]
    public static partial void Loaded(this ILogger logger, int scaleCount, string weights);

    [LoggerMessage(
        EventId = 101,
        Level = LogLevel.Warning,
        Message = "MDF loss: the file '{File}' is used instead of the packaged weights of the same name; MdfLoss.Pretrained takes those.")]
    public static partial void Shadowed(this ILogger logger, string file);

    [LoggerMessage(EventId = 102, Level = LogLevel.Information, Message = "Left out objects beside the weights of {Weights}: {Ignored}.")]
    public static partial void LeftOut(this ILogger logger, string weights, string ignored);

    [LoggerMessage(EventId = 103, Level = LogLevel.Information, Message = "VGG loss: frozen {Network} from {Weights}.")]
    public static partial void LoadedVgg(this ILogger logger, VggNetwork network, string weights);

    [LoggerMessage(EventId = 104, Level = LogLevel.Information, Message = "LPIPS: frozen {Network} from {Weights}.")]
    public static partial void LoadedLpips(this ILogger logger, LpipsNetwork network, string weights);

    /// <summary>Logs the vectors of the kernels, where the processor has what they need. The first call in a process measures.</summary>
    public static void LogKernels(this ILogger logger)
    {
        if (VectorDiscriminator.IsSupported && logger.IsEnabled(LogLevel.Debug))
        {
            logger.UsesKernels(KernelChoice.Current.Bits, KernelChoice.Current.Reason);
        }
    }

    [LoggerMessage(EventId = 105, Level = LogLevel.Debug, Message = "Kernels in C# use vectors of {Bits} bits, because {Reason}.")]
    private static partial void UsesKernels(this ILogger logger, int bits, string reason);
}
