using System.Diagnostics;
using Mdf.Data;
using Mdf.Degradations;
using Mdf.Losses;
using Mdf.Models.Restoration;
using Mdf.Testing.Networks;
using Mdf.Training.Restoration;

namespace Mdf.Training.Tests.Restoration;

/// <summary>A training of a network that is not of this library, in a process of its own.</summary>
internal static class CustomNetworkProcess
{
    public const string Command = "train-custom-network";

    /// <summary>Number of steps.</summary>
    public const int Steps = 300;

    public static CustomNetwork Create(string name) => name switch
    {
        "unet" => new CustomNetwork(new UNet(), new CustomNetworkOptions { ReceptiveRadius = UNet.Radius, SideMultiple = UNet.Multiple }),
        "attention" => new CustomNetwork(new AttentionNetwork()),
        _ => new CustomNetwork(new GrayNetwork(), new CustomNetworkOptions { Channels = 1, ReceptiveRadius = GrayNetwork.Radius }),
    };

    /// <summary>Trains on crops of photographs, and prints each step.</summary>
    public static int Run(string network, string photographs, string output)
    {
        using CustomNetwork trained = Create(network);
        using var loss = new L1Loss();
        var options = new RestorationTrainingOptions
        {
            Steps = Steps,
            BatchSize = 4,
            PatchSize = 32,
            LearningRate = 1e-3,
            EmaDecay = 0.99,
            LogInterval = 10,
            ValidationInterval = 100,
            SaveInterval = 7,
            CheckImages = false,
            Validation = new RestorationEvaluationOptions { MaximumCount = 4 },
        };
        var input = new RestorationTrainingInput
        {
            Network = trained,
            Loss = loss,
            Images = new ImageFolder(Path.Combine(photographs, "train")),
            Degradation = new GaussianNoise(25),
            Validation = new ImageFolder(Path.Combine(photographs, "val")),
            OutputFolder = output,
        };
        RestorationTrainingResult result = new RestorationTrainer(options).Train(input, new Reporter(now => Console.WriteLine(now.Step)));
        return result.IsComplete ? 0 : 1;
    }

    /// <summary>Starts a process of this program that trains.</summary>
    public static Process Start(string network, string photographs, string output)
    {
        string program = typeof(CustomNetworkProcess).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", [program, Command, network, photographs, output]) { RedirectStandardOutput = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        return Process.Start(start)!;
    }
}
