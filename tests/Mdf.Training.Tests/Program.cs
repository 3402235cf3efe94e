using Mdf.Training.Tests.Restoration;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Mdf.Training.Tests;

/// <summary>Runs the tests, or, as a test starts it, one training.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments) => arguments switch
    {
        [CustomNetworkProcess.Command, var network, var photographs, var output] =>
            CustomNetworkProcess.Run(network, photographs, output),
        _ when arguments.Any(a => a is "--server" or "--internal-msbuild-node") =>
            await TestPlatformTestFramework.RunAsync(arguments, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
        _ => await ConsoleRunner.Run(arguments),
    };
}
