using Reproduce.Grids;
using Spectre.Console;

namespace Reproduce.Report;

/// <summary>Writes the report as a web page and, on request, its tables as Markdown.</summary>
internal static class ReportCommand
{
    private const string PageName = "report.html";

    /// <summary>Writes the report and returns the process's exit code.</summary>
    public static int Run(string folder, string? html, string? markdown)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There are no results in '{folder}'; run experiments first.");
        }

        var data = new ReportData(new Workspace(folder));
        if (data.Count == 0)
        {
            string damaged = data.Warnings is [var first, ..] ? $" {first}" : "";
            throw new InvalidDataException($"'{folder}' holds no results; run experiments first.{damaged}");
        }

        foreach (string warning in data.Warnings)
        {
            Console.Error.WriteLine($"Warning: {warning}");
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

    // Writes a temporary file first, so that an existing report is replaced completely or not at all. Several processes may write one
    // report.
    private static void Write(string path, Action<TextWriter> write)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (StreamWriter text = File.CreateText(temporary))
            {
                write(text);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
