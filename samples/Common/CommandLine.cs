using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Mdf.Checkpoints;
using Mdf.TorchCompatibility;
using Mdf.Training;
using Spectre.Console;
using static TorchSharp.torch;

namespace Samples.Common;

/// <summary>What the samples' command lines have in common.</summary>
internal static class CommandLine
{
    /// <summary>Parses and runs; the first thing wrong with the arguments is said in a line.</summary>
    public static async Task<int> RunAsync(RootCommand command, string[] arguments)
    {
        TensorMemory.KeepFreedBlocks();
        ParseResult parsed = command.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            // Lists of what is allowed come with a line for each.
            Console.Error.WriteLine($"{string.Join(' ', parsed.Errors[0].Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))} See --help.");
            return 1;
        }

        // A step on a large image takes its time, and what it did is saved after it.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
    }

    /// <summary>Sets what the command does; in a task, so that Ctrl+C is seen while it runs. What cannot be done is said in a line.</summary>
    public static void SetRun(this Command command, Func<ParseResult, CancellationToken, int> run) =>
        command.SetAction((arguments, cancellation) => Task.Run(() => Guarded(() => run(arguments, cancellation))));

    /// <summary>Rejects numbers below the least; text that is no number is reported without this.</summary>
    public static void MustBeAtLeast<T>(this Option<T> option, int least) => option.Validators.Add(result =>
    {
        if (result.Tokens is [{ Value: string text }] && int.TryParse(text, CultureInfo.InvariantCulture, out int value) && value < least)
        {
            result.AddError($"{option.Name} must be at least {least}.");
        }
    });

    /// <summary>The device of a name, if it can be used.</summary>
    public static Device UsableDevice(string name)
    {
        try
        {
            Device device = TorchSharp.torch.device(name);
            zeros(1, device: device).item<float>();
            return device;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or NotSupportedException or FormatException or OverflowException or ExternalException)
        {
            throw new ArgumentException($"Device '{name}' cannot be used; expected cpu, or where there is such a GPU cuda or cuda:1, ... ({FirstLine(e)})", e);
        }
    }

    /// <summary>What went wrong, in a line; with its place where nobody foresaw it.</summary>
    public static string Reason(Exception e) => IsForeseen(e) ? FirstLine(e) : e.ToString();

    private static int Guarded(Func<int> run)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = 1000; // a file needs no line breaks
        }

        try
        {
            Nnpack.SwitchOff();
            return run();
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Stopped.");
            return 1;
        }
        catch (Exception e) when (IsForeseen(e))
        {
            Console.Error.WriteLine(FirstLine(e));
            return 1;
        }
    }

    // What files, settings and devices can bring about; anything else is a fault of the program, whose place is wanted.
    private static bool IsForeseen(Exception e) => e is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException
        or InvalidOperationException or NotSupportedException or CheckpointFormatException or TrainingDivergedException or ExternalException;

    // What comes from libtorch goes on with the frames of its stack.
    private static string FirstLine(Exception e) => e.Message.Split('\n', 2)[0].TrimEnd();
}
