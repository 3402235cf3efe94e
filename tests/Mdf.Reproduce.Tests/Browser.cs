using Microsoft.Playwright;

namespace Mdf.Reproduce.Tests;

/// <summary>An installed Chromium; nothing is downloaded.</summary>
internal sealed class Browser : IAsyncDisposable
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

    private readonly IPlaywright playwright;
    private readonly IBrowser browser;

    private Browser(IPlaywright playwright, IBrowser browser)
    {
        this.playwright = playwright;
        this.browser = browser;
    }

    /// <summary>Starts Chromium; skips the test if none is installed.</summary>
    public static async Task<Browser> StartAsync()
    {
        string? path = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : Array.Find(Places, File.Exists);
        Assert.SkipWhen(
            path is null,
            $"no Chromium found: the environment variable {Variable} does not name one, nor is there {string.Join(", ", Places)}");
        IPlaywright playwright = await Playwright.CreateAsync();
        return new Browser(
            playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Headless = true, Args = Arguments }));
    }

    /// <summary>Opens a file in a window.</summary>
    public async Task<OpenedPage> OpenAsync(string file, int width, int height, ColorScheme scheme = ColorScheme.Light)
    {
        IPage page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme });
        var opened = new OpenedPage(page);
        await page.GotoAsync(new Uri(file).AbsoluteUri);
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }
}
