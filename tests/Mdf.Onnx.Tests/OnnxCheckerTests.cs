using Mdf.Models.Restoration;
using Mdf.Testing;

namespace Mdf.Onnx.Tests;

/// <summary>Files pass the checker of the onnx package for Python, with its inference of shapes.</summary>
public sealed class OnnxCheckerTests : IDisposable
{
    private const string Check = """
        import sys, onnx
        for path in sys.argv[1:]:
            model = onnx.load(path)
            onnx.checker.check_model(model, full_check=True)
            print(model.opset_import[0].version, len(model.graph.node) > 1)
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Write_EveryKindOfNetwork_PassesTheChecker()
    {
        Python.Require("onnx");
        RestorationOptions[] kinds =
        [
            new EdsrOptions { Blocks = 1, Width = 4, ResidualScale = 0.1 },
            new SrResNetOptions { Blocks = 1, Width = 4 },
            new MsrResNetOptions { Blocks = 1, Width = 4 },
            new DnCnnOptions { Layers = 4, Width = 4 },
        ];
        var paths = new List<string>();
        foreach (RestorationOptions kind in kinds)
        {
            using RestorationNetwork network = kind.Create();
            foreach (bool isSpecial in (bool[])[false, true])
            {
                paths.Add(folder.PathOf($"{paths.Count}.onnx"));
                OnnxFile.Write(paths[^1], network, new OnnxExportOptions { HalfWeights = isSpecial, KeepNormalization = isSpecial });
            }
        }

        string output = Python.Succeed(["-c", Check, .. paths]);
        Assert.Equal(string.Concat(Enumerable.Repeat("17 True\n", paths.Count)), output);
    }
}
