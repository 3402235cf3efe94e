using Mdf.Losses;
using Mdf.Models.Perceptual;
using Reproduce.Experiments;
using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Trainings;

/// <summary>LPIPS as the paper measures it, by AlexNet.</summary>
internal sealed class PerceptualMetric : IDisposable
{
    private readonly LpipsLoss loss;

    private PerceptualMetric(string path)
    {
        Checksum = ExperimentIdentity.OfFile(path);
        loss = new LpipsLoss(backbone: path);
    }

    /// <summary>Of AlexNet's weights.</summary>
    public string Checksum { get; }

    /// <summary>The metric, if its weights are there.</summary>
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

    /// <summary>The distance of an image from its reference.</summary>
    public double Measure(Tensor restored, Tensor reference)
    {
        using Tensor distance = loss.call(restored, reference);
        return distance.ToDouble();
    }

    public void Dispose() => loss.Dispose();
}
