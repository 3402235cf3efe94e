using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Mdf.Tests;

/// <summary>
/// Gives libtorch one thread, because several test programs run side by side and threads that share a core wait for each other.
/// </summary>
internal static class OneThread
{
    [ModuleInitializer]
    public static void Set()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OMP_NUM_THREADS")))
        {
            set_num_threads(1);
        }
    }
}
