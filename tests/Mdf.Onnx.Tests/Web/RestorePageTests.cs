using Mdf.Imaging;
using Mdf.Models.Restoration;
using Mdf.Testing;
using Mdf.Testing.Browser;
using Microsoft.Playwright;
using static TorchSharp.torch;

namespace Mdf.Onnx.Tests.Web;

/// <summary>The page of RestoreWithOnnx in Chromium, as its README says to start it.</summary>
public sealed class RestorePageTests(PageServer server, TestBrowser browser)
    : IClassFixture<PageServer>, IClassFixture<TestBrowser>, IAsyncDisposable
{
    private const string Pixels = """
        (() => {
          const canvas = document.getElementById("after"), all = [canvas.height, canvas.width];
          for (const value of canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data) all.push(value);
          return all;
        })()
        """;

    private readonly TemporaryFolder folder = new();

    public static TheoryData<RestorationOptions, int, int> Networks => new()
    {
        { new DnCnnOptions { Layers = 4, Width = 8 }, 256, 256 },
        { new DnCnnOptions { Layers = 3, Width = 8, Channels = 1 }, 270, 61 },
        { new EdsrOptions { Scale = 2, Blocks = 1, Width = 8 }, 41, 300 },
    };

    public async ValueTask DisposeAsync()
    {
        folder.Dispose();
        await browser.ClosePagesAsync();
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public async Task Restore_Picture_ShowsThatOfLibtorch(RestorationOptions options, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using RestorationNetwork network = options.Create(seed: 3);
        network.eval();
        OnnxFile.Write(folder.PathOf("net.onnx"), network);
        ImageFile.Write(folder.PathOf("photo.png"), SyntheticImage.DeadLeaves(height, width, seed: 5));

        OpenedPage page = await OpenAsync();
        await ChooseAsync(page, "net.onnx", "photo.png");
        Assert.Equal("done", await EndAsync(page));

        Tensor seen = ImageFile.Read(folder.PathOf("photo.png"));
        Tensor expected = network.call(network.Channels == 1 ? ColorSpace.RgbToGray(seen) : seen);
        Tensor levels = (expected.clamp(0, 1) * 255).expand(1, 3, -1, -1);
        int[] shown = await page.EvaluateAsync<int[]>(Pixels);
        Assert.Equal((expected.shape[2], expected.shape[3]), (shown[0], shown[1]));
        Tensor actual = tensor(shown[2..]).reshape(shown[0], shown[1], 4).permute(2, 0, 1);
        Assert.Equal(255, actual[3].min().item<int>());
        Assert.InRange((actual[..3] - levels[0]).abs().max().item<float>(), 0, 1);
        Assert.Empty(page.Complaints);
        Assert.All(page.Requests, request => Assert.True(
            request.StartsWith(server.Address().AbsoluteUri, StringComparison.Ordinal)
            || request.StartsWith("blob:", StringComparison.Ordinal), request));
    }

    [Fact]
    public async Task Choose_FileThatCannotBeUsed_IsSaid()
    {
        using RestorationNetwork network = new DnCnnOptions { Layers = 2, Width = 4, Channels = 4 }.Create();
        OnnxFile.Write(folder.PathOf("four.onnx"), network);
        folder.Write("text.onnx", "no network");
        folder.Write("text.png", "no picture");

        OpenedPage page = await OpenAsync();
        Assert.Equal(
            "The network cannot be used. It restores images of 4 channels; pictures have 3, or 1 for grey.",
            await MessageAsync(page, "four.onnx"));
        Assert.Equal("The network cannot be used. It is damaged or is not an ONNX file.", await MessageAsync(page, "text.onnx"));
        Assert.Equal("The picture cannot be read; choose a PNG, JPEG or WebP file.", await MessageAsync(page, "text.png"));
    }

    private Task<OpenedPage> OpenAsync() => browser.OpenAsync(server.Address(), 1280, 900);

    private async Task ChooseAsync(OpenedPage page, params string[] files)
    {
        foreach (string file in files)
        {
            string input = Path.GetExtension(file) == ".onnx" ? "#network" : "#picture";
            await page.Page.SetInputFilesAsync(input, folder.PathOf(file));
        }
    }

    private async Task<string?> MessageAsync(OpenedPage page, string file)
    {
        await page.EvaluateAsync<string>("document.body.dataset.state = 'busy'");
        await ChooseAsync(page, file);
        Assert.Equal("failed", await EndAsync(page));
        return await page.Page.TextContentAsync("#message");
    }

    private static async Task<string?> EndAsync(OpenedPage page)
    {
        IElementHandle? body = await page.Page.WaitForSelectorAsync("body[data-state=done], body[data-state=failed]");
        return await body!.GetAttributeAsync("data-state");
    }
}
