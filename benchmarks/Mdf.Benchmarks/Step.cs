using Mdf.Losses;
using Mdf.Models.Adversarial;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Benchmarks;

/// <summary>
/// One variant on one size, with its inputs and weights made and a run at hand. Weights are untrained: speed is the same.
/// </summary>
internal sealed class Step : IDisposable
{
    private const long AuthorsPixelsAtMost = 200_000;
    private const long PreparedPixelsAtMost = 1_000_000;

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly DiscriminatorPyramid pyramid = DiscriminatorPyramid.CreateUntrained(seed: 1);
    private readonly Tensor restored;
    private readonly Tensor reference;
    private readonly Action run;

    public Step(Variant variant, Size size, Device device)
    {
        manual_seed(1);
        pyramid.to(device);
        reference = rand(size.Images, 3, size.Height, size.Width).to(device);
        restored = (reference + (0.1 * randn_like(reference))).clamp(0, 1).detach().requires_grad_(true);
        run = Prepare(variant, size, device);
    }

    /// <summary>Whether the variant needs no more than 24 GB.</summary>
    public static bool IsFeasible(Variant variant, Size size) => variant switch
    {
        Variant.Authors or Variant.AuthorsFrozen or Variant.Graph => size.Pixels <= AuthorsPixelsAtMost,
        Variant.Prepared or Variant.PreparedBFloat16 => size.Pixels <= PreparedPixelsAtMost,
        _ => true,
    };

    /// <summary>Runs forward and backward once and waits for the device.</summary>
    public void Run()
    {
        using DisposeScope ofRun = NewDisposeScope();
        run();
        if (restored.device_type == DeviceType.CUDA)
        {
            cuda.synchronize();
        }
    }

    public void Dispose()
    {
        pyramid.Dispose();
        scope.Dispose();
    }

    private Action Prepare(Variant variant, Size size, Device device)
    {
        switch (variant)
        {
            case Variant.Authors:
                return () => AuthorsStep(referenceGraph: true);
            case Variant.AuthorsFrozen:
                foreach (var parameter in pyramid.parameters())
                {
                    parameter.requires_grad = false;
                }

                return () => AuthorsStep(referenceGraph: false);
            case Variant.ConvolutionsOnly:
                return Convolutions.Prepare(size, device, ScalarType.Float32);
            case Variant.ConvolutionsOnlyBFloat16:
                return Convolutions.Prepare(size, device, ScalarType.BFloat16);
        }

        if (variant > Variant.ConvolutionsOnlyBFloat16)
        {
            nn.Module<Tensor, Tensor, Tensor> other = OtherLosses.Create(variant, size);
            other.to(device);
            bool byLibtorch = variant is Variant.VggByLibtorch or Variant.VggResizedByLibtorch or Variant.LpipsVggByLibtorch;
            return () =>
            {
                AppContext.SetSwitch("Mdf.CompareByLibtorch", byLibtorch);
                Backward(other.call(restored, reference));
            };
        }

        var loss = new MdfLoss(pyramid, new MdfLossOptions
        {
            Execution = variant == Variant.Graph ? MdfExecution.Graph : MdfExecution.Fused,
            Precision = variant is Variant.FusedBFloat16 or Variant.PreparedBFloat16 ? MdfPrecision.BFloat16WhereFaster : MdfPrecision.Full,
            WorkingMemory = (long?)BenchmarkSettings.WorkingMemory << 20,
        });
        loss.to(device);
        switch (variant)
        {
            case Variant.Prepared or Variant.PreparedBFloat16:
                PreparedReference prepared = loss.Prepare(reference).DetachFromDisposeScope();
                return () => Backward(loss.call(restored, prepared));
            case Variant.Inference:
                return () =>
                {
                    using var noGradient = no_grad();
                    loss.call(restored, reference);
                };
            default:
                return () => Backward(loss.call(restored, reference));
        }
    }

    // What the authors' module does, line by line: no folding, and every graph that autograd would keep.
    private void AuthorsStep(bool referenceGraph)
    {
        Tensor total = zeros(1, device: restored.device);
        foreach (MdfDiscriminator discriminator in pyramid.Scales)
        {
            (Tensor Head, Tensor Body, Tensor Tail) x = discriminator.Features(restored), y;
            using (referenceGraph ? null : no_grad())
            {
                y = discriminator.Features(reference);
            }

            total = total + (x.Head - y.Head).pow(2).mean() + (x.Body - y.Body).pow(2).mean() + (x.Tail - y.Tail).pow(2).mean();
        }

        foreach (var parameter in pyramid.parameters())
        {
            parameter.grad = null;
        }

        Backward(total);
    }

    private void Backward(Tensor loss)
    {
        restored.grad = null;
        loss.backward();
    }
}
