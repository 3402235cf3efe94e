using System.Net;
using System.Net.Sockets;

namespace Mdf.Models.Tests.Perceptual;

/// <summary>A local web server with one file and configurable behaviour.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly HttpListener listener = new();

    public FileServer(byte[] content)
    {
        Content = content;
        Address = new Uri($"http://localhost:{FreePort()}/");
        listener.Prefixes.Add(Address.ToString());
        listener.Start();
        _ = ServeAsync();
    }

    public Uri Address { get; }

    public byte[] Content { get; set; }

    /// <summary>Makes the server support range requests. Default: true.</summary>
    public bool KnowsRanges { get; set; } = true;

    /// <summary>Number of bytes of a response after which the connection breaks; null for never.</summary>
    public int? BreaksAfter { get; set; }

    /// <summary>First byte requested by each request so far; 0 for the whole file.</summary>
    public List<int> Requests { get; } = [];

    public void Dispose() => listener.Close();

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await listener.GetContextAsync();
                await AnswerAsync(context.Request, context.Response);
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The listener is closed at the end of the test.
        }
    }

    private async Task AnswerAsync(HttpListenerRequest request, HttpListenerResponse response)
    {
        int from = request.Headers["Range"] is { } range
            ? int.Parse(range.Split('=', '-')[1], System.Globalization.CultureInfo.InvariantCulture)
            : 0;
        Requests.Add(from);
        if (request.Url!.AbsolutePath != "/file.bin")
        {
            response.StatusCode = 404;
            response.Close();
            return;
        }

        if (from > 0 && KnowsRanges)
        {
            response.StatusCode = from < Content.Length ? 206 : 416;
            response.AddHeader(
                "Content-Range",
                from < Content.Length ? $"bytes {from}-{Content.Length - 1}/{Content.Length}" : $"bytes */{Content.Length}");
        }

        byte[] body = !KnowsRanges ? Content : Content[Math.Min(from, Content.Length)..];
        response.ContentLength64 = body.Length;
        try
        {
            await response.OutputStream.WriteAsync(body.AsMemory(0, Math.Min(body.Length, BreaksAfter ?? body.Length)));
            await response.OutputStream.FlushAsync();
            if (BreaksAfter is null)
            {
                response.Close();
            }
            else
            {
                response.Abort();
            }
        }
        catch (HttpListenerException)
        {
            // The client closed the connection.
        }
    }
}
