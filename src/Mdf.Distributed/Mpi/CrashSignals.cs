using System.Runtime.InteropServices;

namespace Mdf.Distributed.Mpi;

/// <summary>Leaves the signals of faults to .NET.</summary>
/// <remarks>
/// .NET makes exceptions of SIGSEGV, such as NullReferenceException. UCX, which carries the messages of many MPI libraries, takes the
/// signal as a crash and ends the process, unless the variable UCX_ERROR_SIGNALS says otherwise when the library is loaded. Variables that
/// <see cref="Environment"/> sets do not reach native code.
/// </remarks>
internal static class CrashSignals
{
    private const string Variable = "UCX_ERROR_SIGNALS";

    /// <summary>Sets the variable, unless the user has set it.</summary>
    public static void LeaveToDotNet()
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(Variable) is null)
        {
            _ = SetVariable(Variable, "", overwrite: 0);
        }
    }

    [DllImport("libc", EntryPoint = "setenv", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetVariable(string name, string value, int overwrite);
}
