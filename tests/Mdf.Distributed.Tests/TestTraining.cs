using Mdf.Data;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Losses;
using Mdf.Models.Restoration;
using Mdf.Training;
using Mdf.Training.Restoration;

namespace Mdf.Distributed.Tests;

/// <summary>A training of moments that several processes, or one, can do.</summary>
/// <param name="Network">edsr or dncnn.</param>
/// <param name="Steps">Number of steps.</param>
/// <param name="Folder">Output folder.</param>
internal sealed record TestTraining(string Network, int Steps, string Folder)
{
    public const int BatchSize = 4;

    /// <summary>Number of steps between two saves.</summary>
    public const int SaveInterval = 5;

    /// <summary>Time that each step takes at least, for tests that end a process in the middle.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>Text that <see cref="Parse"/> reads.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{Network}|{Steps}|{Folder}|{Pause.TotalMilliseconds}");

    public static TestTraining Parse(string text)
    {
        string[] parts = text.Split('|');
        return new TestTraining(parts[0], int.Parse(parts[1], null), parts[2])
        {
            Pause = TimeSpan.FromMilliseconds(double.Parse(parts[3], null)),
        };
    }

    public RestorationNetwork CreateNetwork() => Network == "edsr"
        ? new Edsr(new EdsrOptions { Scale = 2, Blocks = 2, Width = 16 }, seed: 1)
        : new DnCnn(new DnCnnOptions { Layers = 4, Width = 16, Normalization = true, Biases = true }, seed: 1);

    public RestorationTrainingOptions Options => new()
    {
        Steps = Steps,
        BatchSize = BatchSize,
        PatchSize = 24,
        LearningRate = 1e-3,
        EmaDecay = 0.9,
        GradientClipNorm = 0.5,
        LogInterval = 5,
        SaveInterval = SaveInterval,
        ValidationInterval = 10,
    };

    /// <summary>Trains a network, which the caller disposes.</summary>
    /// <param name="group">The processes; null for this one alone.</param>
    /// <param name="losesData">Whether the images cannot be read any more after a few steps.</param>
    public RestorationNetwork Run(IProcessGroup? group, bool losesData = false)
    {
        RestorationNetwork network = CreateNetwork();
        using var loss = new L2Loss();
        new RestorationTrainer(Options).Train(
            new RestorationTrainingInput
            {
                Network = network,
                Loss = loss,
                Images = losesData ? new Losing(Leaves(seed: 1, count: 3)) : Leaves(seed: 1, count: 3),
                Degradation = network.Scale > 1 ? new BicubicDownsampling(network.Scale) : new GaussianNoise(25),
                Validation = Leaves(seed: 11, count: 3),
                OutputFolder = Folder,
                Group = group,
            },
            Pause > TimeSpan.Zero ? new Pausing(Pause) : null);
        return network;
    }

    private static ImageList Leaves(int seed, int count) =>
        new(Enumerable.Range(seed, count).Select(i => SyntheticImage.DeadLeaves(40, 32, seed: i)), "leaves");

    private sealed class Losing(ImageList images) : IImageSource
    {
        private int reads;

        public int Count => images.Count;

        public string Description => images.Description;

        public string NameOf(int index) => images.NameOf(index);

        public StoredImage Read(int index) => ++reads < 30 ? images.Read(index) : throw new IOException("The disk is gone.");
    }

    private sealed class Pausing(TimeSpan pause) : IProgress<RestorationTrainingProgress>
    {
        public void Report(RestorationTrainingProgress value) => Thread.Sleep(pause);
    }
}
