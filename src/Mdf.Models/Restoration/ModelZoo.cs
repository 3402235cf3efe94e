namespace Mdf.Models.Restoration;

/// <summary>Creates and loads the restoration networks of the literature by name.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Names</term><description>Network</description></listheader>
/// <item>
/// <term><c>edsr-baseline-x2</c>, <c>-x3</c>, <c>-x4</c></term>
/// <description>EDSR with 16 blocks of 64 channels.</description>
/// </item>
/// <item><term><c>edsr-x2</c>, <c>-x3</c>, <c>-x4</c></term><description>EDSR with 32 blocks of 256 channels.</description></item>
/// <item><term><c>srresnet-x4</c></term><description>SRResNet as published.</description></item>
/// <item>
/// <term><c>msrresnet-x2</c>, <c>-x3</c>, <c>-x4</c></term>
/// <description>BasicSR's SRResNet without normalisation.</description>
/// </item>
/// <item>
/// <term><c>dncnn-17-gray</c>, <c>dncnn-17-color</c>, <c>dncnn-20-gray</c>, <c>dncnn-20-color</c></term>
/// <description>DnCNN as in DnCNN-PyTorch: 17 layers for one noise level, 20 layers for blind denoising or JPEG.</description>
/// </item>
/// <item>
/// <term><c>dncnn-17-gray-merged</c> and so on</term>
/// <description>DnCNN as published by KAIR, with batch normalisation merged into the convolutions.</description>
/// </item>
/// <item>
/// <term><c>dncnn-small-color</c>, <c>edsr-small-x4</c></term>
/// <description>
/// Networks of less than half a megabyte: DnCNN with 12 layers of 32 channels, EDSR with 16 blocks of 16 channels.
/// </description>
/// </item>
/// </list>
/// </remarks>
public static class ModelZoo
{
    private static readonly OrderedDictionary<string, RestorationOptions> Networks = All();

    /// <summary>Names of all networks.</summary>
    public static IReadOnlyList<string> Names => Networks.Keys;

    /// <summary>Returns the architecture of a network.</summary>
    /// <param name="name">Name of the network, from <see cref="Names"/>.</param>
    /// <returns>Options of the network, including its number of parameters.</returns>
    /// <exception cref="ArgumentException">No network has this name.</exception>
    public static RestorationOptions Options(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Networks.TryGetValue(name, out RestorationOptions? options)
            ? options
            : throw new ArgumentException($"There is no network '{name}'; expected one of {string.Join(", ", Names)}.", nameof(name));
    }

    /// <summary>Creates a network with the published initialisation, on the CPU, in training mode.</summary>
    /// <param name="name">Name of the network, from <see cref="Names"/>.</param>
    /// <param name="seed">Seeds all random choices; the same seed gives the same weights. Default: 0.</param>
    /// <returns>The network. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">No network has this name.</exception>
    public static RestorationNetwork Create(string name, long seed = 0) => Options(name).Create(seed);

    /// <summary>Loads a network of any architecture from a file written by <see cref="RestorationNetwork.Save"/>.</summary>
    /// <param name="path">Path of the file.</param>
    /// <returns>The network, on the CPU, in evaluation mode. The caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="DirectoryNotFoundException">The file's folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The process has no permission to read the file, or the path is a folder.</exception>
    /// <exception cref="Mdf.Checkpoints.CheckpointFormatException">
    /// The file is damaged or does not name its network. In the latter case, create the network and call
    /// <see cref="RestorationNetwork.LoadWeights"/>.
    /// </exception>
    public static RestorationNetwork Load(string path) => RestorationNetwork.Load(path);

    /// <summary>Loads a network from a file that need not name it, such as a published PyTorch or safetensors file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="name">Name of the network, from <see cref="Names"/>.</param>
    /// <param name="key">
    /// Key of the weights in the outermost dictionary of a PyTorch checkpoint, such as <c>params_ema</c>; null to find them.
    /// </param>
    /// <returns>The network, on the CPU, in evaluation mode. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">No network has this name.</exception>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="DirectoryNotFoundException">The file's folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The process has no permission to read the file, or the path is a folder.</exception>
    /// <exception cref="Mdf.Checkpoints.CheckpointFormatException">The file is damaged or belongs to another network.</exception>
    public static RestorationNetwork Load(string path, string name, string? key = null)
    {
        RestorationNetwork network = Create(name);
        try
        {
            network.LoadWeights(path, key);
            network.eval();
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Names of the networks whose trained weights are part of the package.</summary>
    public static IReadOnlyList<string> PretrainedNames => PretrainedNetworks.Names;

    /// <summary>Loads a network whose trained weights are part of the package.</summary>
    /// <remarks>
    /// <list type="table">
    /// <listheader><term>Names</term><description>Network</description></listheader>
    /// <item>
    /// <term><c>jpeg</c></term>
    /// <description><c>dncnn-small-color</c> for JPEG files of quality 10 to 40.</description>
    /// </item>
    /// <item>
    /// <term><c>denoise</c></term>
    /// <description><c>dncnn-small-color</c> for Gaussian noise of 5/255 to 50/255.</description>
    /// </item>
    /// <item><term><c>sr-x4</c></term><description><c>edsr-small-x4</c> for bicubic reduction by 4.</description></item>
    /// </list>
    /// <see cref="RestorationNetwork.Metadata"/> says how they were trained.
    /// </remarks>
    /// <param name="name">Name of the weights, from <see cref="PretrainedNames"/>.</param>
    /// <returns>The network, on the CPU, in evaluation mode. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">No packaged weights have this name.</exception>
    public static RestorationNetwork Pretrained(string name) => PretrainedNetworks.Load(name);

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

        networks.Add("dncnn-small-color", new DnCnnOptions { Layers = 12, Width = 32 });
        networks.Add("edsr-small-x4", new EdsrOptions { Width = 16 });

        return networks;
    }
}
