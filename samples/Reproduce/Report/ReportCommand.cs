using Reproduce.Grids;
using Spectre.Console;

namespace Reproduce.Report;

/// <summary>Makes the page, and the tables as Markdown if so wanted.</summary>
internal static class ReportCommand
{
    private const string PageName = "report.html";

    /// <summary>Runs, and gives the process's exit code.</summary>
    public static int Run(string folder, string? html, string? markdown)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There are no results in '{folder}'; run experiments first.");
        }

        var data = new ReportData(new Workspace(folder));
        if (data.Count == 0)
        {
            throw new InvalidDataException($"'{folder}' holds no results; run experiments first.");
        }

        string page = html ?? Path.Combine(folder, PageName);
        Write(page, text => ReportPage.Write(text, data));
        AnsiConsole.MarkupLineInterpolated($"Wrote {page} ({new FileInfo(page).Length / 1e6:f1} MB) of {data.Count} results.");
        if (markdown is not null)
        {
            Write(markdown, text => text.Write(MarkdownTables.Of(data)));
            AnsiConsole.MarkupLineInterpolated($"Wrote {markdown}.");
        }

        return 0;
    }

    // Whole or not at all.
    private static void Write(string path, Action<TextWriter> write)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        string temporary = $"{path}.tmp";
        using (StreamWriter text = File.CreateText(temporary))
        {
            write(text);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
