using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Samples.Common;

/// <summary>
/// Options of a command in a JSON file: a text, number, Boolean value or list for each option's name without the dashes.
/// </summary>
internal static class OptionsFile
{
    /// <summary>Name of the option that names such a file.</summary>
    public const string OptionName = "--options";

    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Creates the option. <see cref="Expand"/> replaces it before the arguments are parsed.</summary>
    public static Option<string?> Option() => new(OptionName)
    {
        Description = "JSON file of options, such as the options.json of an earlier training. Options on the command line come first.",
    };

    /// <summary>Replaces the option by the options of the file, except those that the arguments have themselves.</summary>
    /// <exception cref="ArgumentException">The file is not such a file; the message names the fault.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string[] Expand(string[] arguments)
    {
        int at = Array.FindIndex(arguments, a => a == OptionName || a.StartsWith(OptionName + "=", StringComparison.Ordinal));
        if (at < 0)
        {
            return arguments;
        }

        bool isJoined = arguments[at] != OptionName;
        if (!isJoined && at + 1 == arguments.Length)
        {
            return arguments;
        }

        string path = isJoined ? arguments[at][(OptionName.Length + 1)..] : arguments[at + 1];
        string[] others = [.. arguments[..at], .. arguments[(at + (isJoined ? 1 : 2))..]];
        HashSet<string> own =
        [
            .. others.SelectMany(WithResponses).Where(a => a.StartsWith("--", StringComparison.Ordinal)).Select(a => a.Split('=')[0]),
        ];
        return [.. others, .. Read(path).Where(o => !own.Contains(o.Name)).SelectMany(o => (string[])[o.Name, .. o.Values])];
    }

    /// <summary>Writes the options that a command line has, except some.</summary>
    public static string Text(ParseResult arguments, params IEnumerable<string> except)
    {
        var options = new OrderedDictionary<string, object>();
        foreach (OptionResult result in arguments.CommandResult.Children.OfType<OptionResult>())
        {
            if (!result.Implicit && !except.Contains(result.Option.Name))
            {
                string[] values = [.. result.Tokens.Select(t => t.Value)];
                options[result.Option.Name[2..]] = values switch
                {
                    [] => true,
                    [var one] => one,
                    _ => values,
                };
            }
        }

        return JsonSerializer.Serialize(options, JsonOptions) + "\n";
    }

    // The parser reads "@file" later; its options come first too.
    private static IEnumerable<string> WithResponses(string argument) =>
        argument is ['@', .. var file] && File.Exists(file) ? File.ReadLines(file).SelectMany(line => line.Split(' ')) : [argument];

    private static IEnumerable<(string Name, string[] Values)> Read(string path)
    {
        Files.RequireFile(Path.GetFullPath(path), OptionName);
        JsonElement root;
        try
        {
            root = JsonDocument.Parse(File.ReadAllText(path)).RootElement;
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"{OptionName} {path}: it is not JSON: {e.Message}", e);
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException($"{OptionName} {path}: it holds {root.ValueKind}; expected an object of options.");
        }

        return root.EnumerateObject().Where(p => p.Value.ValueKind is not (JsonValueKind.False or JsonValueKind.Null)).Select(property => (
            "--" + property.Name,
            property.Value.ValueKind switch
            {
                JsonValueKind.True => (string[])[],
                JsonValueKind.Array => [.. property.Value.EnumerateArray().Select(v => v.ToString())],
                JsonValueKind.Object => throw new ArgumentException(
                    $"{OptionName} {path}: '{property.Name}' is an object; expected a text, number, Boolean value or list."),
                _ => [property.Value.ToString()],
            }));
    }
}
