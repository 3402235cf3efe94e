using System.Buffers.Binary;
using Mdf.Testing.Browser;
using Mdf.TorchCompatibility;
using Microsoft.Playwright;

namespace Mdf.Reproduce.Tests;

public sealed class ReportInBrowserTests(FinishedRun run, TestBrowser browser) : IClassFixture<TestBrowser>, IAsyncDisposable
{
    private const int Desktop = 1280;
    private const int Phone = 390;

    public ValueTask DisposeAsync() => browser.ClosePagesAsync();

    [Theory]
    [InlineData(Desktop, 900, ColorScheme.Light)]
    [InlineData(Desktop, 900, ColorScheme.Dark)]
    [InlineData(Phone, 844, ColorScheme.Light)]
    public async Task Page_AnyWindow_LoadsWithoutErrorsRequestsOrOverflow(int width, int height, ColorScheme scheme)
    {
        OpenedPage page = await browser.OpenAsync(run.Page, width, height, scheme);
        await page.EvaluateAsync<int>("Promise.all([...document.images].map(i => i.decode())).then(all => all.length)");

        Assert.Empty(page.Complaints);
        Assert.Empty(page.Requests);
        Assert.Equal(width, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        byte[] screenshot = await page.Page.ScreenshotAsync();
        Assert.Equal(
            (width, height),
            (BinaryPrimitives.ReadInt32BigEndian(screenshot.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(screenshot.AsSpan(20))));
    }

    [Theory]
    [InlineData(Phone)]
    [InlineData(Desktop)]
    [InlineData(1920)]
    public async Task Page_Tables_AreNotCutOffAndShowWhereTheyScroll(int width)
    {
        OpenedPage page = await browser.OpenAsync(run.Page, width, 900);

        // A table that is wider than its frame scrolls within it; the shadow at its right edge says so, and vanishes at the end.
        int[] hidden = await page.EvaluateAsync<int[]>(
            "[...document.querySelectorAll('.scroll')].map(s => s.scrollWidth - s.clientWidth)");
        Assert.NotEmpty(hidden);
        if (width >= Desktop)
        {
            Assert.All(hidden, h => Assert.Equal(0, h));
        }

        string[] images = await page.EvaluateAsync<string[]>(
            "[...document.querySelectorAll('.scroll')].map(s => getComputedStyle(s).backgroundAttachment)");
        Assert.All(images, i => Assert.StartsWith("local, scroll", i, StringComparison.Ordinal));
        Assert.Equal(
            0,
            await page.EvaluateAsync<int>(
                "[...document.querySelectorAll('.card:not(.scroll), .card:not(.scroll) *')]"
                + ".filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === 'hidden'"
                + " && !e.closest('.compare, .frame, .hidden')).length"));
    }

    [Fact]
    public async Task Page_EverySectionAndPicture_IsThereAndNamed()
    {
        OpenedPage page = await browser.OpenAsync(run.Page, Desktop, 900);

        string[] sections = await page.EvaluateAsync<string[]>("[...document.querySelectorAll('main section')].map(s => s.id)");
        Assert.Equal(
            [
                "claims", "summary", "distributions", "budgets", "ablation", "lambda", "sensitivity", "spectrum", "manifold", "viewer",
                "runs",
            ],
            sections);
        Assert.True(await page.EvaluateAsync<int>("document.querySelectorAll('svg[role=img]').length") > 10);
        Assert.Equal(
            0,
            await page.EvaluateAsync<int>(
                "[...document.querySelectorAll('svg[role=img]')].filter(s => !s.getAttribute('aria-label')).length"));
        Assert.Equal(
            0,
            await page.EvaluateAsync<int>(
                "[...document.querySelectorAll('button, select, input')]"
                + ".filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length)).length"));
        Assert.Equal(0, await page.EvaluateAsync<int>("[...document.images].filter(i => !i.alt || i.naturalWidth === 0).length"));
    }

    [Fact]
    public async Task Viewer_SliderAndFilter_Work()
    {
        OpenedPage page = await browser.OpenAsync(run.Page, Desktop, 900);
        string before = await page.EvaluateAsync<string>("document.getElementById('right-image').src");

        await page.Page.Locator("#image").FillAsync("2");
        Assert.StartsWith("3 of 3", await page.Page.Locator("#image-text").TextContentAsync(), StringComparison.Ordinal);
        Assert.NotEqual(before, await page.EvaluateAsync<string>("document.getElementById('right-image').src"));

        await page.Page.Locator("#split").FillAsync("80");
        Assert.Equal("80%", await page.EvaluateAsync<string>("document.getElementById('compare').style.getPropertyValue('--split')"));

        int tiles = await page.Page.Locator(".tile").CountAsync();
        await page.Page.Locator("#losses input[value=L2]").UncheckAsync();
        Assert.Equal(tiles - 1, await page.Page.Locator(".tile").CountAsync());

        await page.Page.Locator("#set").SelectOptionAsync("1");
        Assert.StartsWith("1 of 3", await page.Page.Locator("#image-text").TextContentAsync(), StringComparison.Ordinal);
        Assert.False(await page.Page.Locator("#losses input[value=L2]").IsCheckedAsync());
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Viewer_Keys_ZoomMoveAndChangeAllPicturesTogether()
    {
        OpenedPage page = await browser.OpenAsync(run.Page, Desktop, 900);
        await page.Page.Locator("#compare").FocusAsync();
        foreach (string key in (string[])["+", "+", "ArrowRight", "]", "n"])
        {
            await page.Page.Keyboard.PressAsync(key);
        }

        Assert.Equal("2.25", await Style("--zoom"));
        Assert.StartsWith("-", await Style("--px"), StringComparison.Ordinal);
        Assert.Equal("55", await page.Page.Locator("#split").InputValueAsync());
        Assert.StartsWith("2 of", await page.Page.Locator("#image-text").TextContentAsync(), StringComparison.Ordinal);
        Assert.Equal(
            1,
            await page.EvaluateAsync<int>(
                "new Set([...document.querySelectorAll('.zoomed')].map(i => getComputedStyle(i).transform.split(',')[0])).size"));

        await page.Page.Keyboard.PressAsync("0");
        Assert.Equal("1", await Style("--zoom"));

        Task<string> Style(string name) =>
            page.EvaluateAsync<string>($"document.getElementById('viewer-body').style.getPropertyValue('{name}')");
    }

    [Fact]
    public async Task Viewer_Sets_AreElementsOfTheirOwn()
    {
        OpenedPage page = await browser.OpenAsync(run.Page, Desktop, 900);

        int sets = await page.Page.Locator("#set option").CountAsync();
        Assert.True(sets > 1);
        Assert.Equal(sets, await page.Page.Locator("script[type='application/json']").CountAsync());
    }

    [Fact]
    public async Task Viewer_CompareOfATile_ShowsItAndPutsTheFocusOnTheComparison()
    {
        OpenedPage page = await browser.OpenAsync(run.Page, Desktop, 900);

        await page.Page.Locator(".tile button[aria-label='compare L2']").FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");

        Assert.Equal("compare", await page.EvaluateAsync<string>("document.activeElement.id"));
        Assert.Equal("L2", await page.Page.Locator("#left-tag").TextContentAsync());
        await page.Page.Keyboard.PressAsync("n");
        Assert.StartsWith("2 of", await page.Page.Locator("#image-text").TextContentAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ColorScheme.Light, false)]
    [InlineData(ColorScheme.Dark, false)]
    [InlineData(ColorScheme.Light, true)]
    public async Task Print_AnyTheme_IsDarkOnWhiteAndCutsNothingOff(ColorScheme scheme, bool isToggled)
    {
        OpenedPage page = await browser.OpenAsync(run.Page, Desktop, 900, scheme);
        if (isToggled)
        {
            await page.Page.Locator("#theme").PressAsync("Enter");
        }

        await page.Page.EmulateMediaAsync(new() { Media = Media.Print });

        string[] names = ["--paper", "--card", "--ink", "--good", "--bad", "--open", .. Enumerable.Range(0, 8).Select(i => $"--c{i}")];
        double[] brightness = await page.EvaluateAsync<double[]>($$"""
            [{{string.Join(", ", names.Select(n => $"'{n}'"))}}].map(name => {
              const canvas = document.createElement('canvas').getContext('2d');
              canvas.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name);
              canvas.fillRect(0, 0, 1, 1);
              const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
              return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
            })
            """);
        Assert.All(brightness[..2], b => Assert.Equal(1, b, 3));
        Assert.All(brightness[2..], b => Assert.InRange(b, 0, 0.5));
        Assert.Equal("rgb(255, 255, 255)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        Assert.Equal(
            ["visible"],
            await page.EvaluateAsync<string[]>(
                "[...new Set([...document.querySelectorAll('.scroll')].map(s => getComputedStyle(s).overflowX))]"));
        Assert.Equal("none", await page.EvaluateAsync<string>("getComputedStyle(document.querySelector('nav')).display"));
    }

    [Fact]
    public async Task Page_Keyboard_ReachesEverythingAndTheThemeChanges()
    {
        OpenedPage page = await browser.OpenAsync(run.Page, Desktop, 900);
        await page.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("skip", await page.EvaluateAsync<string>("document.activeElement.className"));

        // On to the viewer, and through its controls in the order in which they are seen.
        var reached = new List<string>();
        while (reached.LastOrDefault() != "compare" && reached.Count < 200)
        {
            await page.Page.Keyboard.PressAsync("Tab");
            reached.Add(await page.EvaluateAsync<string>("document.activeElement.id"));
        }

        Assert.Equal(["set", "image", "previous", "next", "zoom", "left", "right", "split", "compare"], reached.TakeLast(9));
        await page.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("checkbox", await page.EvaluateAsync<string>("document.activeElement.type"));

        string light = await Background();
        await page.Page.Locator("#theme").PressAsync("Enter");
        Assert.NotEqual(light, await Background());

        Task<string> Background() => page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
    }
}
