using Mdf.Losses;
using Mdf.Models.Perceptual;
using Reproduce.Experiments;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Trainings;

/// <summary>LPIPS with AlexNet, as the paper measures it.</summary>
internal sealed class PerceptualMetric : IDisposable
{
    private readonly LpipsLoss loss;

    private PerceptualMetric(string path)
    {
        Checksum = ExperimentIdentity.OfFile(path);
        loss = new LpipsLoss(backbone: path);
    }

    /// <summary>Checksum of AlexNet's weights.</summary>
    public string Checksum { get; }

    /// <summary>Returns the metric on a device; null if its weights are not found.</summary>
    public static PerceptualMetric? Find(Device device)
    {
        string path = Path.Combine(PretrainedWeights.Folder, PretrainedWeights.AlexNet.Name);
        if (!File.Exists(path))
        {
            return null;
        }

        var metric = new PerceptualMetric(path);
        metric.loss.to(device);
        return metric;
    }

    /// <summary>Returns the LPIPS distance between an image and its reference.</summary>
    public double Measure(Tensor restored, Tensor reference)
    {
        using Tensor distance = loss.call(restored, reference);
        return distance.ToDouble();
    }

    public void Dispose() => loss.Dispose();
}
