using System.Diagnostics;
using Mdf.Testing;

namespace Mdf.Packaging.Tests.Samples;

public sealed class DefaultInterruptTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_InAProcessThatIgnoresInterrupts_CanBeInterrupted(bool isDefault)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "no signals");
        using IDisposable ignored = DefaultInterrupt.Ignore();
        using var process = new Process { StartInfo = new ProcessStartInfo("sh", ["-c", "kill -INT $$; exit 7"]) };
        using (isDefault ? new DefaultInterrupt() : null)
        {
            process.Start();
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(isDefault ? 130 : 7, process.ExitCode);
    }
}
