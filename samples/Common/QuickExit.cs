using System.Runtime.InteropServices;

namespace Samples.Common;

/// <summary>Ends the process while libtorch computes on another thread.</summary>
internal static class QuickExit
{
    /// <summary>Ends the process at once, without the exit handlers of native libraries, which would free what is still in use.</summary>
    public static void WithCode(int code)
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            Console.Out.Flush();
            EndProcess(code);
        }

        Environment.Exit(code);
    }

    [DllImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void EndProcess(int code);
}
