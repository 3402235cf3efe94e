namespace Mdf.Models.Perceptual;

/// <summary>
/// Finds the files of pretrained networks: in a folder of the user's choice or in the platform's cache, where they lie under the names
/// torchvision publishes them by. Nothing is downloaded unless <see cref="DownloadAsync"/> is called, so what runs with the files runs
/// offline.
/// </summary>
public static class PretrainedWeights
{
    /// <summary>The environment variable that names the folder to use instead of the platform's cache.</summary>
    public const string FolderVariable = "MDF_CACHE_DIR";

    /// <summary>VGG-16, trained on ImageNet (528 MiB).</summary>
    public static PretrainedFile Vgg16 { get; } = Torchvision("vgg16-397923af.pth");

    /// <summary>VGG-19, trained on ImageNet (548 MiB).</summary>
    public static PretrainedFile Vgg19 { get; } = Torchvision("vgg19-dcbb9e9d.pth");

    /// <summary>AlexNet, trained on ImageNet (233 MiB).</summary>
    public static PretrainedFile AlexNet { get; } = Torchvision("alexnet-owt-7be5be79.pth");

    /// <summary>SqueezeNet 1.1, trained on ImageNet (4.7 MiB).</summary>
    public static PretrainedFile SqueezeNet { get; } = Torchvision("squeezenet1_1-b8a52dc0.pth");

    /// <summary>
    /// The folder the files lie in: what MDF_CACHE_DIR names, else <c>mdf</c> in the platform's folder for caches (on Linux
    /// <c>$XDG_CACHE_HOME</c> or <c>~/.cache</c>, on macOS <c>~/Library/Caches</c>, on Windows <c>%LOCALAPPDATA%</c>).
    /// </summary>
    public static string Folder => Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named
        ? named
        : Path.Combine(PlatformCache(), "mdf");

    /// <summary>The path of a file that is there.</summary>
    /// <param name="file">The file to look for in <see cref="Folder"/>.</param>
    /// <param name="path">The file to take instead, if it is not null.</param>
    /// <returns>The path.</returns>
    /// <exception cref="FileNotFoundException">It is not there; the message says how to get it and where to put it.</exception>
    public static string Find(PretrainedFile file, string? path = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (path is not null)
        {
            return File.Exists(path) ? path : throw new FileNotFoundException($"There is no file '{path}' to read the weights from.", path);
        }

        string cached = Path.Combine(Folder, file.Name);
        return File.Exists(cached)
            ? cached
            : throw new FileNotFoundException(
                $"The weights '{file.Name}' are not in '{Folder}'. Put the file there, from {file.Source} or by {nameof(PretrainedWeights)}.{nameof(DownloadAsync)}; "
                + $"or name the folder that holds it by the environment variable {FolderVariable}, or the file by its path.",
                cached);
    }

    /// <summary>
    /// Downloads a file into <see cref="Folder"/>, unless it is there. What an interrupted download left is gone on with. The file appears
    /// under its name only when it is complete and its hash is right.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="progress">Is told how far it is; null for silence.</param>
    /// <param name="client">What to download with; null for a client of its own.</param>
    /// <param name="cancellation">Stops it; the next download goes on from there.</param>
    /// <returns>The path of the file.</returns>
    /// <exception cref="HttpRequestException">The server cannot be reached or does not have the file.</exception>
    /// <exception cref="InvalidDataException">What was downloaded is another file than it should be; it is deleted.</exception>
    /// <exception cref="IOException">The connection broke, the file cannot be written, or another process is downloading it.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static async Task<string> DownloadAsync(
        PretrainedFile file, IProgress<DownloadProgress>? progress = null, HttpClient? client = null, CancellationToken cancellation = default)
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

    // The eight digits before the extension are those the hash begins with.
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
