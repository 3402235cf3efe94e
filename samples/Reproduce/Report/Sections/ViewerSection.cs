using System.Text.Json;
using Reproduce.Trainings;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Sections;

/// <summary>The viewer, which shows restored images side by side.</summary>
internal static class ViewerSection
{
    private const string CompareLabel =
        "Comparison of two images. Arrow keys move, plus and minus zoom, square brackets move the divider, n and p change the image.";

    private static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web);

    public static string? Of(ReportData data)
    {
        TableView[] sets = Sets(data);
        if (sets.Length == 0)
        {
            return null;
        }

        string options = string.Concat(sets.Select((t, i) => $"<option value=\"{i}\">{Html(t.Title)}</option>"));
        return $"""
            <p class="note">Restored test images, stored as JPEG of quality 90; of large images only the middle. The numbers are of the
            images before this compression.</p>
            <div class="card" id="viewer-body">
            <div class="controls">
            <label>Application and test set<select id="set">{options}</select></label>
            <label class="wide" for="image"><span>Image <output id="image-text" for="image"></output></span><input
            type="range" id="image" min="0" value="0" step="1"></label>
            <div><button type="button" id="previous" aria-label="Previous image">←</button>
            <button type="button" id="next" aria-label="Next image">→</button></div>
            <label class="wide" for="zoom"><span>Zoom <output id="zoom-text" for="zoom"></output></span><input
            type="range" id="zoom" min="0" max="4" step="0.05" value="0"></label>
            </div>
            <div class="controls">
            <label>Left<select id="left"></select></label><label>Right<select id="right"></select></label>
            <label class="wide">Divider<input type="range" id="split" min="0" max="100" value="50"></label>
            </div>
            <div class="viewer">
            <div class="compare" id="compare" tabindex="0" role="group" aria-label="{CompareLabel}">
            <img class="zoomed" id="right-image" alt="" draggable="false"><div class="half top"><img
            class="zoomed" id="left-image" alt="" draggable="false"></div>
            <div class="bar"></div><span class="tag left" id="left-tag"></span><span class="tag right" id="right-tag"></span></div>
            <p class="note help">In the picture: <kbd>+</kbd> <kbd>−</kbd> or the wheel zoom, dragging or arrow keys move, <kbd>[</kbd>
            <kbd>]</kbd> move the divider, <kbd>n</kbd> <kbd>p</kbd> change the image, <kbd>0</kbd> shows the whole image. All pictures move
            together.</p>
            <fieldset id="losses"><legend>Losses shown</legend></fieldset>
            <div class="tiles" id="tiles"></div>
            </div></div>
            """;
    }

    /// <summary>
    /// Writes the images and numbers of each test set in an element of its own, because browsers are slow to parse all at once.
    /// </summary>
    public static void WriteSets(TextWriter page, ReportData data)
    {
        foreach ((int i, TableView table) in Sets(data).Index())
        {
            string set = JsonSerializer.Serialize(Set(data, table), CamelCase);
            page.WriteLine($"<script type=\"application/json\" id=\"set-{i}\">{set}</script>");
        }
    }

    private static TableView[] Sets(ReportData data) => [.. data.Tables.Where(t => WithImages(data, t).Length > 0)];

    private static TableColumn[] WithImages(ReportData data, TableView table) =>
    [
        .. (table.Unrestored is null ? [] : new[] { table.Unrestored })
            .Concat(table.Columns)
            .Where(c => StoredImages.AreThere(data.Workspace, c.Run)),
    ];

    private static object Set(ReportData data, TableView table)
    {
        TableColumn[] columns = WithImages(data, table);
        int count = columns.Min(c => c.Run.Stored);
        return new
        {
            Names = columns[0].Run.Images.Take(count),
            Reference = Images(columns[0].Run.ReferenceFolder),
            Entries = columns.Select(c => new
            {
                c.Label,
                Ours = c == table.Ours,
                Images = Images(c.Run.RestoredFolder),
                Psnr = Rounded(c.Run.Psnr),
                Ssim = Rounded(c.Run.Ssim),
                Lpips = c.Run.Lpips is null ? null : Rounded(c.Run.Lpips),
            }),
        };

        string[] Images(string folder) =>
            [
                .. Enumerable.Range(0, count)
                    .Select(i => Convert.ToBase64String(File.ReadAllBytes(StoredImages.PathOf(data.Workspace, folder, i)))),
            ];

        double[] Rounded(IReadOnlyList<double> values) =>
            [.. values.Take(count).Select(v => double.IsFinite(v) ? Math.Round(v, 4) : 99)];
    }
}
