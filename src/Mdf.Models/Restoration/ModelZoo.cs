namespace Mdf.Models.Restoration;

/// <summary>The restoration networks of the literature by name.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Names</term><description>Network</description></listheader>
/// <item><term><c>edsr-baseline-x2</c>, <c>-x3</c>, <c>-x4</c></term><description>EDSR of 16 blocks of 64 channels.</description></item>
/// <item><term><c>edsr-x2</c>, <c>-x3</c>, <c>-x4</c></term><description>EDSR of 32 blocks of 256 channels.</description></item>
/// <item><term><c>srresnet-x4</c></term><description>SRResNet as published.</description></item>
/// <item><term><c>msrresnet-x2</c>, <c>-x3</c>, <c>-x4</c></term><description>SRResNet without normalisation, of BasicSR.</description></item>
/// <item>
/// <term><c>dncnn-17-gray</c>, <c>dncnn-17-color</c>, <c>dncnn-20-gray</c>, <c>dncnn-20-color</c></term>
/// <description>DnCNN for one noise level (17) and blind or for JPEG (20), as in DnCNN-PyTorch.</description>
/// </item>
/// <item><term>the same and <c>-merged</c></term><description>The same as KAIR publishes them, normalisation merged.</description></item>
/// </list>
/// </remarks>
public static class ModelZoo
{
    private static readonly OrderedDictionary<string, RestorationOptions> Networks = All();

    /// <summary>The names of all networks.</summary>
    public static IReadOnlyList<string> Names => Networks.Keys;

    /// <summary>The form of a network.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <returns>Its options, which know its number of parameters.</returns>
    /// <exception cref="ArgumentException">There is no network of that name.</exception>
    public static RestorationOptions Options(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Networks.TryGetValue(name, out RestorationOptions? options)
            ? options
            : throw new ArgumentException($"There is no network '{name}'; expected one of {string.Join(", ", Names)}.", nameof(name));
    }

    /// <summary>Makes a network, initialised as published, on the CPU, in training mode.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    /// <returns>The network; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">There is no network of that name.</exception>
    public static RestorationNetwork Create(string name, long seed = 0) => Options(name).Create(seed);

    /// <summary>Loads a network of any form from a file that <see cref="RestorationNetwork.Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The network, on the CPU, in evaluation mode; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read, or the path is a folder.</exception>
    /// <exception cref="Mdf.Checkpoints.CheckpointFormatException">
    /// The file is damaged, or does not say of which network it is; then create that and call
    /// <see cref="RestorationNetwork.LoadWeights"/>.
    /// </exception>
    public static RestorationNetwork Load(string path) => RestorationNetwork.Load(path);

    private static OrderedDictionary<string, RestorationOptions> All()
    {
        var networks = new OrderedDictionary<string, RestorationOptions>();
        int[] scales = [2, 3, 4];
        foreach (int scale in scales)
        {
            networks.Add($"edsr-baseline-x{scale}", new EdsrOptions { Scale = scale });
        }

        foreach (int scale in scales)
        {
            networks.Add($"edsr-x{scale}", new EdsrOptions { Scale = scale, Blocks = 32, Width = 256, ResidualScale = 0.1 });
        }

        networks.Add("srresnet-x4", new SrResNetOptions());
        foreach (int scale in scales)
        {
            networks.Add($"msrresnet-x{scale}", new MsrResNetOptions { Scale = scale });
        }

        foreach ((int layers, int channels, string name) in new[] { (17, 1, "gray"), (17, 3, "color"), (20, 1, "gray"), (20, 3, "color") })
        {
            var options = new DnCnnOptions { Layers = layers, Channels = channels };
            networks.Add($"dncnn-{layers}-{name}", options);
            networks.Add($"dncnn-{layers}-{name}-merged", options with { Normalization = false, Biases = true });
        }

        return networks;
    }
}
