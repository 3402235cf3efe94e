using Mdf.Imaging;
using Mdf.Models.Adversarial;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Benchmarks;

/// <summary>
/// An iteration as SinGAN's published loop has it, by automatic differentiation: every step of the discriminator draws its input through
/// all finished scales, the generator's steps take the last of them and a reconstruction pass of its own, and the gradients of the
/// discriminator's weights are computed in the generator's steps too. Its generated image is made anew for each step of the generator,
/// which newer versions of PyTorch enforce.
/// </summary>
internal sealed class SinGanIteration : IDisposable
{
    private const double PenaltyWeight = 0.1, ReconstructionWeight = 10, Noise = 0.2;
    private const int Steps = 3;

    private readonly Tensor[] reals;
    private readonly MdfGenerator[] finished;
    private readonly Tensor reconstructed;
    private readonly MdfGenerator generator;
    private readonly MdfDiscriminator discriminator;
    private readonly Adam generatorAdam;
    private readonly Adam discriminatorAdam;

    /// <param name="sizes">Of all scales up to the one in training.</param>
    /// <param name="widths">Their channels.</param>
    public SinGanIteration((int Height, int Width)[] sizes, int[] widths)
    {
        Tensor image = SyntheticImage.DeadLeaves(sizes[^1].Width, sizes[^1].Height, seed: 1);
        reals = [.. sizes.Select(s => (Resize.Bicubic(image, s.Height, s.Width) * 2) - 1)];
        finished = [.. widths[..^1].Select(w => new MdfGenerator(w))];
        foreach (MdfGenerator one in finished)
        {
            one.eval();
            foreach (Parameter parameter in one.parameters())
            {
                parameter.requires_grad = false;
            }
        }

        reconstructed = Drawn(noise: 0).DetachFromDisposeScope();
        generator = new MdfGenerator(widths[^1]);
        discriminator = new MdfDiscriminator(widths[^1]);
        generatorAdam = optim.Adam(generator.parameters(), 5e-4, 0.5, 0.999);
        discriminatorAdam = optim.Adam(discriminator.parameters(), 5e-4, 0.5, 0.999);
    }

    public void Run()
    {
        using var iteration = NewDisposeScope();
        Tensor real = reals[^1], drawn = reconstructed;
        for (int i = 0; i < Steps; i++)
        {
            using var scope = NewDisposeScope();
            discriminatorAdam.zero_grad();
            (-discriminator.call(real).mean()).backward();
            drawn = Drawn(Noise).MoveToOuterDisposeScope();
            Tensor fake = Generated(drawn, Noise).detach();
            discriminator.call(fake).mean().backward();
            Penalty(real, fake).backward();
            discriminatorAdam.step();
        }

        for (int i = 0; i < Steps; i++)
        {
            using var scope = NewDisposeScope();
            generatorAdam.zero_grad();
            (-discriminator.call(Generated(drawn, Noise)).mean()).backward();
            ((Generated(reconstructed, noise: 0) - real).square().mean() * ReconstructionWeight).backward();
            generatorAdam.step();
        }
    }

    public void Dispose()
    {
        generatorAdam.Dispose();
        discriminatorAdam.Dispose();
        generator.Dispose();
        discriminator.Dispose();
        reconstructed.Dispose();
        foreach (IDisposable one in finished.Cast<IDisposable>().Concat(reals))
        {
            one.Dispose();
        }
    }

    // The upscaled output of the finished scales, padded.
    private Tensor Drawn(double noise)
    {
        using var scope = NewDisposeScope();
        Tensor skip = nn.functional.pad(zeros_like(reals[0]), [5, 5, 5, 5]);
        for (int k = 0; k < finished.Length; k++)
        {
            Tensor image = finished[k].call(skip + (randn_like(skip) * noise), skip).clamp(-1, 1);
            skip = nn.functional.pad(Resize.Bicubic(image, (int)reals[k + 1].shape[2], (int)reals[k + 1].shape[3]), [5, 5, 5, 5]);
        }

        return skip.MoveToOuterDisposeScope();
    }

    private Tensor Generated(Tensor skip, double noise) => generator.call(skip + (randn_like(skip) * noise), skip);

    private Tensor Penalty(Tensor real, Tensor fake)
    {
        Tensor share = rand(1), between = ((real * share) + (fake * (1 - share))).requires_grad_(true);
        Tensor scores = discriminator.call(between);
        Tensor gradient = autograd.grad([scores], [between], [ones_like(scores)], retain_graph: true, create_graph: true)[0];
        return (gradient.norm(1, p: 2) - 1).square().mean() * PenaltyWeight;
    }
}
