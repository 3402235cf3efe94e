using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.Globalization;

namespace Samples.Common;

/// <summary>Makes help texts fit the terminal: short names for values, and lines of its width.</summary>
internal static class HelpLayout
{
    private const int UsualWidth = 100;
    private const int LongestList = 20;

    /// <summary>Applies the layout to a command and its subcommands.</summary>
    public static void Apply(RootCommand command)
    {
        foreach (HelpAction action in command.Options.Select(o => o.Action).OfType<HelpAction>())
        {
            action.MaxWidth = Width();
        }

        Shorten(command);
    }

    private static int Width()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int columns)
            && columns > 0)
        {
            return columns;
        }

        return Console.IsOutputRedirected || Console.WindowWidth <= 0 ? UsualWidth : Console.WindowWidth;
    }

    private static void Shorten(Command command)
    {
        foreach (Option option in command.Options.Where(o => o.HelpName is null && o.ValueType != typeof(bool)))
        {
            option.HelpName = NameFor(option);
        }

        foreach (Command subcommand in command.Subcommands)
        {
            Shorten(subcommand);
        }
    }

    private static string? NameFor(Option option)
    {
        Type type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType.GetElementType() ?? option.ValueType;
        return type == typeof(int) || type == typeof(long) || type == typeof(double) ? "number"
            : type == typeof(FileInfo) ? "file"
            : type == typeof(DirectoryInfo) ? "folder"
            : type == typeof(FileSystemInfo) ? "path"
            : option.GetCompletions(CompletionContext.Empty).Sum(c => c.Label.Length + 1) > LongestList ? "name"
            : type == typeof(string) && !option.GetCompletions(CompletionContext.Empty).Any() ? "text"
            : null;
    }
}
