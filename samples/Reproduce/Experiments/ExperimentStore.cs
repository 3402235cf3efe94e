using System.Text.Json;

namespace Reproduce.Experiments;

/// <summary>
/// A folder of experiment results with one JSON file for each experiment. Results are found by the experiment's description, so an
/// interrupted grid of experiments can resume, and several processes or machines can share a folder. Files are written atomically.
/// </summary>
public sealed class ExperimentStore
{
    /// <summary>Opens a folder and creates it if it does not exist.</summary>
    /// <param name="folder">Path of the folder.</param>
    /// <exception cref="IOException">The folder cannot be created, for instance because a file of that name exists.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no permission to create the folder.</exception>
    public ExperimentStore(string folder) => Folder = Directory.CreateDirectory(folder).FullName;

    /// <summary>Full path of the folder.</summary>
    public string Folder { get; }

    /// <summary>Finds the record of an experiment.</summary>
    /// <typeparam name="TDescription">Type of the description.</typeparam>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    /// <param name="kind">Kind of the experiment: lower-case words with hyphens, with which the file's name begins.</param>
    /// <param name="description">Everything that determines the result.</param>
    /// <returns>The record; null if the experiment has no result yet.</returns>
    /// <exception cref="InvalidDataException">The file is not a record of these types; the message names the file.</exception>
    public ExperimentRecord<TDescription, TResult>? Find<TDescription, TResult>(string kind, TDescription description)
        where TDescription : notnull
    {
        string path = PathOf(kind, ExperimentIdentity.Of(description));
        return File.Exists(path) ? Read<TDescription, TResult>(path) : null;
    }

    /// <summary>Saves the result of an experiment and replaces an earlier result of the experiment.</summary>
    /// <typeparam name="TDescription">Type of the description.</typeparam>
    /// <typeparam name="TResult">Type of the result.</typeparam>
    /// <param name="kind">Kind of the experiment: lower-case words with hyphens, with which the file's name begins.</param>
    /// <param name="description">Everything that determines the result.</param>
    /// <param name="result">The result of the experiment.</param>
    /// <param name="environment">Software, hardware and time of the experiment.</param>
    /// <returns>The saved record.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public ExperimentRecord<TDescription, TResult> Save<TDescription, TResult>(
        string kind, TDescription description, TResult result, ExperimentEnvironment environment)
        where TDescription : notnull
    {
        var record = new ExperimentRecord<TDescription, TResult>(
            kind, ExperimentIdentity.Of(description), description, result, environment);
        string path = PathOf(kind, record.Identity), temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        using (FileStream stream = File.Create(temporary))
        {
            JsonSerializer.Serialize(stream, record, ExperimentIdentity.Json);
        }

        File.Move(temporary, path, overwrite: true);
        return record;
    }

    /// <summary>Reads all records of a kind.</summary>
    /// <typeparam name="TDescription">Type of the descriptions.</typeparam>
    /// <typeparam name="TResult">Type of the results.</typeparam>
    /// <param name="kind">Kind of the experiments: lower-case words with hyphens, with which the files' names begin.</param>
    /// <param name="onDamaged">
    /// Receives the message for each file that is not a record of these types, which is then left out; null to throw.
    /// </param>
    /// <returns>The records, sorted by file name.</returns>
    /// <exception cref="InvalidDataException">A file is not a record of these types; the message names the file.</exception>
    public IReadOnlyList<ExperimentRecord<TDescription, TResult>> All<TDescription, TResult>(string kind, Action<string>? onDamaged = null)
        where TDescription : notnull
    {
        var records = new List<ExperimentRecord<TDescription, TResult>>();
        foreach (string path in Directory.GetFiles(Folder, $"{kind}-????????????????.json").Order(StringComparer.Ordinal))
        {
            try
            {
                records.Add(Read<TDescription, TResult>(path));
            }
            catch (Exception e) when (onDamaged is not null && e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                onDamaged(e.Message);
            }
        }

        return records;
    }

    private static ExperimentRecord<TDescription, TResult> Read<TDescription, TResult>(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return JsonSerializer.Deserialize<ExperimentRecord<TDescription, TResult>>(stream, ExperimentIdentity.Json)
                ?? throw new InvalidDataException($"'{path}' holds null; expected the record of an experiment.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                $"'{path}' is not an experiment record of this version: {e.Message} Delete the file to run the experiment again.", e);
        }
    }

    private string PathOf(string kind, string identity)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        return Path.Combine(Folder, $"{kind}-{identity}.json");
    }
}
