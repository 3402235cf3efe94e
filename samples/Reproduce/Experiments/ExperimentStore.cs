using System.Text.Json;

namespace Reproduce.Experiments;

/// <summary>
/// A folder of results, one JSON file a run, written whole or not at all. Runs are found by what decides their result, so that a grid
/// that was stopped goes on where it was, and several processes or machines can fill one folder.
/// </summary>
public sealed class ExperimentStore
{
    /// <summary>Opens the folder, which is made if it is not there.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">It cannot be made; there is a file of that name, for instance.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be made.</exception>
    public ExperimentStore(string folder) => Folder = Directory.CreateDirectory(folder).FullName;

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>What an experiment gave, if it was run.</summary>
    /// <typeparam name="TDescription">What decides the result.</typeparam>
    /// <typeparam name="TResult">The result.</typeparam>
    /// <param name="kind">What kind of experiment it is: lower-case words with hyphens, the beginning of the file's name.</param>
    /// <param name="description">What decides the result.</param>
    /// <returns>The record, or null.</returns>
    /// <exception cref="InvalidDataException">Its file is no such record; the message names it.</exception>
    public ExperimentRecord<TDescription, TResult>? Find<TDescription, TResult>(string kind, TDescription description)
        where TDescription : notnull
    {
        string path = PathOf(kind, ExperimentIdentity.Of(description));
        return File.Exists(path) ? Read<TDescription, TResult>(path) : null;
    }

    /// <summary>Keeps what an experiment gave; an earlier result is replaced.</summary>
    /// <typeparam name="TDescription">What decides the result.</typeparam>
    /// <typeparam name="TResult">The result.</typeparam>
    /// <param name="kind">As in <see cref="Find"/>.</param>
    /// <param name="description">What decides the result.</param>
    /// <param name="result">The result.</param>
    /// <param name="environment">Where and when it ran.</param>
    /// <returns>The record.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public ExperimentRecord<TDescription, TResult> Save<TDescription, TResult>(
        string kind, TDescription description, TResult result, ExperimentEnvironment environment)
        where TDescription : notnull
    {
        var record = new ExperimentRecord<TDescription, TResult>(kind, ExperimentIdentity.Of(description), description, result, environment);
        string path = PathOf(kind, record.Identity), temporary = $"{path}.{Environment.ProcessId}.tmp";
        using (FileStream stream = File.Create(temporary))
        {
            JsonSerializer.Serialize(stream, record, ExperimentIdentity.Json);
        }

        File.Move(temporary, path, overwrite: true);
        return record;
    }

    /// <summary>All records of a kind, in the order of their files' names.</summary>
    /// <typeparam name="TDescription">What decides the result.</typeparam>
    /// <typeparam name="TResult">The result.</typeparam>
    /// <param name="kind">As in <see cref="Find"/>.</param>
    /// <returns>The records.</returns>
    /// <exception cref="InvalidDataException">A file is no such record; the message names it.</exception>
    public IReadOnlyList<ExperimentRecord<TDescription, TResult>> All<TDescription, TResult>(string kind)
        where TDescription : notnull =>
        [.. Directory.GetFiles(Folder, $"{kind}-????????????????.json").Order(StringComparer.Ordinal).Select(Read<TDescription, TResult>)];

    private static ExperimentRecord<TDescription, TResult> Read<TDescription, TResult>(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return JsonSerializer.Deserialize<ExperimentRecord<TDescription, TResult>>(stream, ExperimentIdentity.Json)
                ?? throw new InvalidDataException($"'{path}' holds no result.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' is no result of this version: {e.Message} Delete it to run the experiment again.", e);
        }
    }

    private string PathOf(string kind, string identity)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        return Path.Combine(Folder, $"{kind}-{identity}.json");
    }
}
