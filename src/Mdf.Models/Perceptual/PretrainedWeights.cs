namespace Mdf.Models.Perceptual;

/// <summary>
/// Locates the files of pretrained networks, in a given folder or in the platform's cache, under their torchvision names. Only
/// <see cref="DownloadAsync"/> accesses the network; all other methods work offline.
/// </summary>
public static class PretrainedWeights
{
    /// <summary>
    /// Name of the environment variable for the cache folder, <c>MDF_CACHE_DIR</c>. If set, it replaces the platform's cache.
    /// </summary>
    public const string FolderVariable = "MDF_CACHE_DIR";

    /// <summary>Weights of VGG-16, trained on ImageNet (528 MiB).</summary>
    public static PretrainedFile Vgg16 { get; } = Torchvision("vgg16-397923af.pth");

    /// <summary>Weights of VGG-19, trained on ImageNet (548 MiB).</summary>
    public static PretrainedFile Vgg19 { get; } = Torchvision("vgg19-dcbb9e9d.pth");

    /// <summary>Weights of AlexNet, trained on ImageNet (233 MiB).</summary>
    public static PretrainedFile AlexNet { get; } = Torchvision("alexnet-owt-7be5be79.pth");

    /// <summary>Weights of SqueezeNet 1.1, trained on ImageNet (4.7 MiB).</summary>
    public static PretrainedFile SqueezeNet { get; } = Torchvision("squeezenet1_1-b8a52dc0.pth");

    /// <summary>
    /// Folder of the cached files: the value of <see cref="FolderVariable"/>, or else <c>mdf</c> in the platform's cache folder (Linux:
    /// <c>$XDG_CACHE_HOME</c> or <c>~/.cache</c>, macOS: <c>~/Library/Caches</c>, Windows: <c>%LOCALAPPDATA%</c>).
    /// </summary>
    public static string Folder => Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named
        ? named
        : Path.Combine(PlatformCache(), "mdf");

    /// <summary>Returns the path of an existing file of weights.</summary>
    /// <param name="file">File to look for in <see cref="Folder"/>.</param>
    /// <param name="path">Path of a file to use instead; null to look in <see cref="Folder"/>.</param>
    /// <returns>Path of the file.</returns>
    /// <exception cref="FileNotFoundException">
    /// The file does not exist; the message says how to download it and where to put it.
    /// </exception>
    public static string Find(PretrainedFile file, string? path = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (path is not null)
        {
            return File.Exists(path) ? path : throw new FileNotFoundException($"The file of weights '{path}' does not exist.", path);
        }

        string cached = Path.Combine(Folder, file.Name);
        return File.Exists(cached)
            ? cached
            : throw new FileNotFoundException(
                $"The weights '{file.Name}' are not in '{Folder}'. Download the file to this folder from {file.Source} or with "
                + $"{nameof(PretrainedWeights)}.{nameof(DownloadAsync)}; or set the environment variable {FolderVariable} to the folder "
                + "that holds the file, or pass the path of the file.",
                cached);
    }

    /// <summary>
    /// Downloads a file to <see cref="Folder"/>, unless it already exists there. An interrupted download is resumed. The file appears under
    /// its name only when it is complete and its hash has been verified.
    /// </summary>
    /// <param name="file">File to download.</param>
    /// <param name="progress">Receives the progress of the download; null for none.</param>
    /// <param name="client">HTTP client to use; null creates a temporary one.</param>
    /// <param name="cancellation">Cancels the download; the next download resumes it.</param>
    /// <returns>Path of the file.</returns>
    /// <exception cref="HttpRequestException">The server cannot be reached or does not have the file.</exception>
    /// <exception cref="InvalidDataException">The downloaded file has the wrong hash; it is deleted.</exception>
    /// <exception cref="IOException">The connection broke, the file cannot be written, or another process is downloading it.</exception>
    /// <exception cref="OperationCanceledException">The download was cancelled.</exception>
    public static async Task<string> DownloadAsync(
        PretrainedFile file,
        IProgress<DownloadProgress>? progress = null,
        HttpClient? client = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        string path = Path.Combine(Folder, file.Name);
        if (File.Exists(path))
        {
            return path;
        }

        Directory.CreateDirectory(Folder);
        using HttpClient? own = client is null ? new HttpClient { Timeout = Timeout.InfiniteTimeSpan } : null;
        await new FileDownload(client ?? own!, file, path).RunAsync(progress, cancellation).ConfigureAwait(false);
        return path;
    }

    // torchvision's file names end with the first eight digits of the hash.
    private static PretrainedFile Torchvision(string name) =>
        new(name, new Uri($"https://download.pytorch.org/models/{name}"), Path.GetFileNameWithoutExtension(name).Split('-')[^1]);

    private static string PlatformCache()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches")
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : Path.Combine(home, ".cache");
    }
}
