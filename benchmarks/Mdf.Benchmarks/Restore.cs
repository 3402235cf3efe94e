using System.Globalization;
using BenchmarkDotNet.Attributes;
using Mdf.Models.Restoration;
using Mdf.Onnx;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace Mdf.Benchmarks;

/// <summary>Restores one image by the C# convolutions, by libtorch and by ONNX Runtime, with the same weights.</summary>
public class Restore
{
    private readonly RunOptions run = new();
    private RestorationNetwork network = null!;
    private Tensor image = null!;
    private InferenceSession session = null!;
    private OrtValue input = null!;
    private string path = null!;

    /// <summary>Name of the network, whose weights are random.</summary>
    [ParamsSource(nameof(Names))]
    public string Network { get; set; } = null!;

    /// <summary>Width and height of the image that is restored.</summary>
    [ParamsSource(nameof(Sizes))]
    public string Image { get; set; } = null!;

    /// <summary>Number of threads.</summary>
    [ParamsSource(nameof(ThreadCounts))]
    public int Threads { get; set; }

    public static IEnumerable<string> Names => BenchmarkSettings.Networks;

    public static IEnumerable<string> Sizes => BenchmarkSettings.Quick ? ["48x32"] : BenchmarkSettings.Images;

    public static IEnumerable<int> ThreadCounts => BenchmarkSettings.Quick ? [1] : new[] { 1, Environment.ProcessorCount }.Distinct();

    [GlobalSetup]
    public void SetUp()
    {
        int[] sides = [.. Image.Split('x').Select(side => int.Parse(side, CultureInfo.InvariantCulture))];
        set_num_threads(Threads);
        network = ModelZoo.Create(Network);
        network.eval();
        image = rand([1, network.Channels, sides[1], sides[0]], ScalarType.Float32, CPU, generator: new Generator(1));
        path = Path.GetTempFileName();
        OnnxFile.Write(path, network);
        session = new InferenceSession(path, new SessionOptions
        {
            IntraOpNumThreads = Threads,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        });
        input = OrtValue.CreateTensorValueFromMemory(image.data<float>().ToArray(), image.shape);
        RequireAgreement();
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        input.Dispose();
        session.Dispose();
        network.Dispose();
        image.Dispose();
        File.Delete(path);
    }

    [Benchmark(Baseline = true)]
    public void Convolutions() => ByNetwork(byLibtorch: false).Dispose();

    [Benchmark]
    public void Libtorch() => ByNetwork(byLibtorch: true).Dispose();

    [Benchmark]
    public void OnnxRuntime() => ByOnnxRuntime().Dispose();

    private Tensor ByNetwork(bool byLibtorch)
    {
        AppContext.SetSwitch("Mdf.RestoreByLibtorch", byLibtorch);
        using var noGradient = no_grad();
        return network.call(image);
    }

    private IDisposableReadOnlyCollection<OrtValue> ByOnnxRuntime() =>
        session.Run(run, [session.InputNames[0]], [input], session.OutputNames);

    // On a part of the image, because large ones take minutes.
    private void RequireAgreement()
    {
        using var scope = NewDisposeScope();
        Tensor all = image;
        OrtValue whole = input;
        image = image[.., .., ..Math.Min(64, (int)image.shape[2]), ..Math.Min(96, (int)image.shape[3])].contiguous();
        using OrtValue part = OrtValue.CreateTensorValueFromMemory(image.data<float>().ToArray(), image.shape);
        input = part;
        using IDisposableReadOnlyCollection<OrtValue> outputs = ByOnnxRuntime();
        Tensor expected = ByNetwork(byLibtorch: true), other = tensor(outputs[0].GetTensorDataAsSpan<float>().ToArray());
        foreach (Tensor result in new[] { ByNetwork(byLibtorch: false), other.reshape(expected.shape) })
        {
            double difference = (result - expected).abs().max().item<float>();
            if (!(difference < 1e-4))
            {
                throw new InvalidOperationException($"The results differ by {difference}.");
            }
        }

        (image, input) = (all, whole);
    }
}
