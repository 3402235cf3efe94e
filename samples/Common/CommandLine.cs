using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Mdf.Checkpoints;
using Mdf.Losses;
using Mdf.TorchCompatibility;
using Mdf.Training;
using Spectre.Console;
using static TorchSharp.torch;

namespace Samples.Common;

/// <summary>Shared parts of the samples' command lines.</summary>
internal static class CommandLine
{
    /// <summary>Creates an option for the precision of MDF's features: Full or BFloat16.</summary>
    public static Option<MdfPrecision> PrecisionOption(string name)
    {
        const string Full = nameof(MdfPrecision.Full), BFloat16 = "BFloat16";
        var option = new Option<MdfPrecision>(name)
        {
            Description = "Precision of MDF's features: Full, or BFloat16, which is used where it is faster.",
            CustomParser = result => result.Tokens[^1].Value == BFloat16 ? MdfPrecision.BFloat16WhereFaster : MdfPrecision.Full,
        };
        return option.AcceptOnlyFromAmong(Full, BFloat16);
    }

    /// <summary>Parses the arguments and runs the command, or prints the first error in the arguments as one line.</summary>
    public static async Task<int> RunAsync(RootCommand command, string[] arguments)
    {
        TensorMemory.KeepFreedBlocks();
        ParseResult parsed = command.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            // Messages that list the allowed values have one line per value.
            string[] lines = parsed.Errors[0].Message.Split(
                '\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            Console.Error.WriteLine($"{string.Join(' ', lines)} See --help.");
            return 1;
        }

        // After Ctrl+C, the current step must end before its result can be saved; a step on a large image may take a while.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
    }

    /// <summary>
    /// Sets the action of the command. The action runs in a task, so that Ctrl+C is noticed meanwhile; an expected exception is printed as
    /// one line.
    /// </summary>
    public static void SetRun(this Command command, Func<ParseResult, CancellationToken, int> run) =>
        command.SetAction((arguments, cancellation) => Task.Run(() => Guarded(() => run(arguments, cancellation))));

    /// <summary>Rejects numbers below a minimum. The parser itself reports text that is not a number.</summary>
    public static void MustBeAtLeast<T>(this Option<T> option, int least) => option.Validators.Add(result =>
    {
        if (result.Tokens is [{ Value: string text }] && int.TryParse(text, CultureInfo.InvariantCulture, out int value) && value < least)
        {
            result.AddError($"{option.Name} must be at least {least}.");
        }
    });

    /// <summary>Returns the device with the given name; throws an exception if the device cannot be used.</summary>
    public static Device UsableDevice(string name)
    {
        try
        {
            Device device = TorchSharp.torch.device(name);
            zeros(1, device: device).item<float>();
            return device;
        }
        catch (Exception e) when (
            e is ArgumentException or InvalidOperationException or NotSupportedException or FormatException or OverflowException
                or ExternalException)
        {
            throw new ArgumentException(
                $"Device '{name}' cannot be used; expected cpu, or cuda, cuda:1, ... on a machine with such a GPU ({FirstLine(e)}).", e);
        }
    }

    /// <summary>Describes an exception in one line, or with its stack trace if the exception is unexpected.</summary>
    public static string Reason(Exception e) => IsForeseen(e) ? FirstLine(e) : e.ToString();

    private static int Guarded(Func<int> run)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = 1000; // no line breaks in a file
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

    // Exceptions caused by files, settings and devices. All others are bugs, whose stack trace is needed.
    private static bool IsForeseen(Exception e) =>
        e is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException or InvalidOperationException
            or NotSupportedException or CheckpointFormatException or TrainingDivergedException or ExternalException;

    // libtorch's messages continue with a stack trace.
    private static string FirstLine(Exception e) => e.Message.Split('\n', 2)[0].TrimEnd();
}
