using System.Reflection;
using System.Text.Json;

// .NET looks for a class of this name outside any namespace.

/// <summary>
/// Runs a sample's program several times in one process, with the arguments that come line by line. Starting .NET and libtorch takes
/// longer than most of what tests ask of a sample.
/// </summary>
/// <remarks>
/// .NET calls <see cref="Initialize"/> before the program's own entry point if the environment variable DOTNET_STARTUP_HOOKS names the
/// assembly of this class. When nothing more is asked, the process ends; the entry point is not called once more.
/// </remarks>
internal static class StartupHook
{
    /// <summary>Ends what one run prints to a stream. The exit code follows.</summary>
    public const string End = "-- end of the run, exit code ";

    /// <summary>Exit code of a process that an exception ends.</summary>
    private const int Unhandled = 134;

    public static void Initialize()
    {
        MethodInfo program = Assembly.LoadFrom(Environment.GetEnvironmentVariable(nameof(StartupHook))!).EntryPoint!;
        while (Console.In.ReadLine() is { } line)
        {
            string[] command = JsonSerializer.Deserialize<string[]>(line)!;
            Directory.SetCurrentDirectory(command[0]);
            int code = Run(program, command[1..]);
            foreach (TextWriter writer in (TextWriter[])[Console.Out, Console.Error])
            {
                writer.WriteLine();
                writer.WriteLine($"{End}{code}");
                writer.Flush();
            }
        }

        Environment.Exit(0);
    }

    private static int Run(MethodInfo program, string[] arguments)
    {
        try
        {
            return (int)program.Invoke(null, [arguments])!;
        }
        catch (TargetInvocationException e)
        {
            Console.Error.WriteLine($"Unhandled exception. {e.InnerException}");
            return Unhandled;
        }
    }
}
