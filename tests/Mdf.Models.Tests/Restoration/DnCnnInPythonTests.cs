using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Mdf.Models.Restoration;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Models.Tests.Restoration;

/// <summary>The Python script of docs/deployment.md gives the images of the network that was saved.</summary>
public sealed class DnCnnInPythonTests : IDisposable
{
    private const string Use = """

        pixels = torch.frombuffer(bytearray(open(sys.argv[2], "rb").read()), dtype=torch.float32)
        restored = restore(pixels.reshape(2, options["Channels"], 12, 17))
        open(sys.argv[3], "wb").write(restored.contiguous().numpy().tobytes())
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(3, true, false)]
    [InlineData(1, false, true)]
    public void Script_SavedNetwork_GivesItsImages(int channels, bool normalization, bool biases)
    {
        Python.Require("torch");
        string document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "deployment.md"));
        Match script = Regex.Match(document, "```python\n(?<code>.*?)```", RegexOptions.Singleline);
        Assert.True(script.Success);

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var options = new DnCnnOptions { Layers = 5, Width = 8, Channels = channels, Normalization = normalization, Biases = biases };
        using RestorationNetwork network = SmallNetworks.Create(options);
        Tensor images = SmallNetworks.Images(network, 12, 17);
        network.Save(folder.PathOf("net.ckpt"));
        File.WriteAllBytes(folder.PathOf("images"), images.bytes.ToArray());
        folder.Write("script.py", script.Groups["code"].Value + Use);
        Python.Succeed([.. ((string[])["script.py", "net.ckpt", "images", "restored"]).Select(folder.PathOf)]);

        float[] restored = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(folder.PathOf("restored"))).ToArray();
        TensorAssert.Near(network.call(images), tensor(restored).reshape(images.shape), 1e-5);
    }
}
