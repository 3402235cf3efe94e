using Microsoft.Playwright;

namespace Mdf.Testing.Browser;

/// <summary>An installed Chromium, started once for all tests of a class; nothing is downloaded.</summary>
public sealed class TestBrowser : IAsyncDisposable
{
    private const string Variable = "CHROMIUM";

    private static readonly string[] Places =
    [
        "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ];

    private static readonly string[] Arguments =
        [
            "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--no-first-run"
        ];

    private readonly List<IPage> pages = [];
    private IPlaywright? playwright;
    private IBrowser? chromium;

    /// <summary>Opens a file in a window of its own session; skips the test if no Chromium is installed.</summary>
    public Task<OpenedPage> OpenAsync(string file, int width, int height, ColorScheme scheme = ColorScheme.Light) =>
        OpenAsync(new Uri(file), width, height, scheme);

    /// <summary>Opens an address in a window of its own session; skips the test if no Chromium is installed.</summary>
    public async Task<OpenedPage> OpenAsync(Uri address, int width, int height, ColorScheme scheme = ColorScheme.Light)
    {
        chromium ??= await StartAsync();
        IPage page = await chromium.NewPageAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme });
        pages.Add(page);
        var opened = new OpenedPage(page);
        await page.GotoAsync(address.AbsoluteUri);
        return opened;
    }

    /// <summary>Closes all windows.</summary>
    public async ValueTask ClosePagesAsync()
    {
        foreach (IPage page in pages)
        {
            await page.CloseAsync();
        }

        pages.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        if (chromium is not null)
        {
            await chromium.DisposeAsync();
        }

        playwright?.Dispose();
    }

    private async Task<IBrowser> StartAsync()
    {
        string? path = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : Array.Find(Places, File.Exists);
        Assert.SkipWhen(
            path is null,
            $"no Chromium found: the environment variable {Variable} does not name one, nor is there {string.Join(", ", Places)}");
        playwright = await Playwright.CreateAsync();
        return await playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Headless = true, Args = Arguments });
    }
}
