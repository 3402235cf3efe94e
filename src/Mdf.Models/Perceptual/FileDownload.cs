using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Mdf.IO;

namespace Mdf.Models.Perceptual;

/// <summary>
/// Downloads one file. Data go to a partial file beside the target, which an interrupted download leaves for the next one to resume; the
/// complete file is renamed to the target once its hash has been verified.
/// </summary>
internal sealed class FileDownload(HttpClient client, PretrainedFile file, string path)
{
    private const int BufferBytes = 1 << 17;

    private string PartPath => path + ".part";

    public async Task RunAsync(IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        // The lock is held until the file is renamed, so that no other process restarts a complete but not yet renamed partial file.
        using IDisposable claim = FileLock.Take(path, $"Another process is downloading '{path}'.");
        if (File.Exists(path))
        {
            return;
        }

        string hash;
        await using (var part = new FileStream(
            PartPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, BufferBytes, useAsync: true))
        {
            using (HttpResponseMessage? response = await RequestAsync(part, cancellation).ConfigureAwait(false))
            {
                await ReceiveAsync(response, part, progress, cancellation).ConfigureAwait(false);
            }

            hash = await HashAsync(part, cancellation).ConfigureAwait(false);
            part.Flush(flushToDisk: true);
        }

        if (!IsRight(hash))
        {
            File.Delete(PartPath);
            throw new InvalidDataException(
                $"The file downloaded from {file.Source} as '{file.Name}' has the SHA-256 {hash}; expected one that begins with "
                + $"{file.HashPrefix}. The file was deleted; the next download starts from the beginning.");
        }

        File.Move(PartPath, path, overwrite: true);
    }

    /// <summary>
    /// Requests the missing bytes and positions the partial file where the response begins. Returns null if no bytes are missing.
    /// </summary>
    private async Task<HttpResponseMessage?> RequestAsync(FileStream part, CancellationToken cancellation)
    {
        long have = part.Length;
        HttpResponseMessage response = await SendAsync(have, cancellation).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            response.Dispose();
            if (IsRight(await HashAsync(part, cancellation).ConfigureAwait(false)))
            {
                // The previous download had received the whole file.
                return null;
            }

            response = await SendAsync(0, cancellation).ConfigureAwait(false);
        }

        try
        {
            response.EnsureSuccessStatusCode();
            bool goesOn = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
            part.SetLength(goesOn ? have : 0);
            part.Position = part.Length;
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(long from, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, file.Source);
        if (from > 0)
        {
            request.Headers.Range = new RangeHeaderValue(from, null);
        }

        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
    }

    private static async Task<string> HashAsync(FileStream part, CancellationToken cancellation)
    {
        part.Position = 0;
        return Convert.ToHexString(await SHA256.HashDataAsync(part, cancellation).ConfigureAwait(false));
    }

    private bool IsRight(string hash) => hash.StartsWith(file.HashPrefix, StringComparison.OrdinalIgnoreCase);

    private static async Task ReceiveAsync(
        HttpResponseMessage? response, FileStream part, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        if (response is null)
        {
            progress?.Report(new DownloadProgress(part.Length, part.Length));
            return;
        }

        long? total = part.Length + response.Content.Headers.ContentLength;
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var buffer = new byte[BufferBytes];
        progress?.Report(new DownloadProgress(part.Length, total));
        for (int read; (read = await body.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
        {
            await part.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            progress?.Report(new DownloadProgress(part.Position, total));
        }
    }
}
