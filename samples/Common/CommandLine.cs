using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Mdf.Losses;
using Mdf.TorchCompatibility;
using Spectre.Console;
using static TorchSharp.torch;

namespace Samples.Common;

/// <summary>Shared parts of the samples' command lines.</summary>
internal static partial class CommandLine
{
    // The user sees an end within two seconds of Ctrl+C.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

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

    /// <summary>Creates the option for the device.</summary>
    public static Option<string> DeviceOption() =>
        new("--device") { Description = "Device: cpu, cuda, cuda:1, ...", DefaultValueFactory = _ => "cpu" };

    /// <summary>Parses the arguments and runs the command, or prints the first error in the arguments as one line.</summary>
    /// <param name="command">The command.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="optionNames">The option for each setting of the library that a message may name.</param>
    public static async Task<int> RunAsync(
        RootCommand command, string[] arguments, IReadOnlyDictionary<string, string>? optionNames = null)
    {
        Messages.OptionNames = optionNames ?? Messages.OptionNames;
        TensorMemory.KeepFreedBlocks();
        HelpLayout.Apply(command);
        ParseResult parsed;
        try
        {
            parsed = command.Parse(OptionsFile.Expand(arguments));
        }
        catch (Exception e) when (Messages.IsForeseen(e))
        {
            Console.Error.WriteLine(Messages.FirstLine(e));
            return 1;
        }

        if (parsed.Errors.Count > 0)
        {
            // Messages that list the allowed values have one line per value.
            string[] lines = parsed.Errors[0].Message.Split(
                '\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            Console.Error.WriteLine($"{WithoutTypes(string.Join(' ', lines))} See --help.");
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

    /// <summary>Sets the action of a command that saves nothing: Ctrl+C ends it within two seconds, whatever it computes.</summary>
    public static void SetRunUntilStopped(this Command command, Func<ParseResult, CancellationToken, int> run) =>
        command.SetAction(async (arguments, cancellation) =>
        {
            Task<int> running = Task.Run(() => Guarded(() => run(arguments, cancellation)), CancellationToken.None);
            var stopped = new TaskCompletionSource();
            await using CancellationTokenRegistration registration = cancellation.Register(stopped.SetResult);
            await Task.WhenAny(running, stopped.Task);
            if (running.IsCompleted || await Task.WhenAny(running, Task.Delay(Patience, CancellationToken.None)) == running)
            {
                return await running;
            }

            Console.Error.WriteLine("Stopped.");
            QuickExit.WithCode(1);
            return 1;
        });

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
        catch (Exception e) when (Messages.IsForeseen(e) || e is FormatException or OverflowException)
        {
            throw new ArgumentException(
                $"Device '{name}' cannot be used; expected cpu, or cuda, cuda:1, ... on a machine with such a GPU and a program built for "
                + "it, which docs/gpu.md describes.",
                e);
        }
    }

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
        catch (Exception e) when (Messages.IsForeseen(e))
        {
            Console.Error.WriteLine(Messages.FirstLine(e));
            return 1;
        }
    }

    // "Cannot parse argument '1e3' for option '--steps' as expected type 'System.Nullable`1[System.Int32]'."
    private static string WithoutTypes(string message) => NotOfType().Replace(message, found =>
    {
        string type = found.Groups["type"].Value;
        string expected = type.Contains("Int", StringComparison.Ordinal) ? "a whole number, such as 1000"
            : type.Contains("Double", StringComparison.Ordinal) ? "a number, such as 0.001"
            : "another value";
        return $"{found.Groups["option"].Value} is '{found.Groups["text"].Value}'; expected {expected}.";
    });

    [GeneratedRegex("Cannot parse argument '(?<text>.*)' for option '(?<option>[^']*)' as expected type '(?<type>.*)'\\.")]
    private static partial Regex NotOfType();
}
