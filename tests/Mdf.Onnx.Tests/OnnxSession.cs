using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Mdf.Onnx.Tests;

/// <summary>A file opened by ONNX Runtime.</summary>
internal sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession session;

    public OnnxSession(string path)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        session = new InferenceSession(path, options);
    }

    public ModelMetadata Metadata => session.ModelMetadata;

    public Tensor Run(Tensor images)
    {
        var input = new DenseTensor<float>(images.contiguous().data<float>().ToArray(), [.. images.shape.Select(s => (int)s)]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("images", input)], ["restored"]);
        DenseTensor<float> output = results.Single().AsTensor<float>().ToDenseTensor();
        return tensor(output.ToArray(), [.. output.Dimensions.ToArray().Select(d => (long)d)]);
    }

    public void Dispose() => session.Dispose();
}
