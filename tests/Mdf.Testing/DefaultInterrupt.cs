using System.Runtime.InteropServices;

namespace Mdf.Testing;

/// <summary>
/// Lets processes started meanwhile be interrupted by SIGINT, also where the shell that started the tests ignores the signal.
/// </summary>
/// <remarks>
/// Shells start background jobs with SIGINT ignored, and processes inherit that from one another. A program so started never sees Ctrl+C.
/// </remarks>
public sealed class DefaultInterrupt : IDisposable
{
    private const int Interrupt = 2;
    private const nint Default = 0;
    private const nint Ignored = 1;

    private readonly bool wasIgnored;

    /// <summary>Sets the default reaction to SIGINT if the signal is ignored.</summary>
    public DefaultInterrupt()
    {
        if (IsUnix)
        {
            nint before = SetHandler(Interrupt, Ignored);
            wasIgnored = before == Ignored;
            SetHandler(Interrupt, wasIgnored ? Default : before);
        }
    }

    private static bool IsUnix => OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();

    /// <summary>Makes this process ignore SIGINT, as a background job of a shell does.</summary>
    /// <returns>Restores the reaction when disposed.</returns>
    public static IDisposable Ignore() => new Restoration(SetHandler(Interrupt, Ignored));

    /// <summary>Ignores SIGINT again if it was ignored before.</summary>
    public void Dispose()
    {
        if (wasIgnored)
        {
            SetHandler(Interrupt, Ignored);
        }
    }

    [DllImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint SetHandler(int signal, nint handler);

    private sealed class Restoration(nint handler) : IDisposable
    {
        public void Dispose() => SetHandler(Interrupt, handler);
    }
}
