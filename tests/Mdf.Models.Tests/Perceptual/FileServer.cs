using System.Net;
using System.Net.Sockets;

namespace Mdf.Models.Tests.Perceptual;

/// <summary>A web server on this machine that has one file and answers as it is told.</summary>
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

    /// <summary>Whether it answers requests for a part with that part.</summary>
    public bool KnowsRanges { get; set; } = true;

    /// <summary>Breaks the connection after so many bytes of an answer.</summary>
    public int? BreaksAfter { get; set; }

    /// <summary>The first bytes asked for by the requests so far; 0 for the whole file.</summary>
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
            // The test is over.
        }
    }

    private async Task AnswerAsync(HttpListenerRequest request, HttpListenerResponse response)
    {
        int from = request.Headers["Range"] is { } range ? int.Parse(range.Split('=', '-')[1], System.Globalization.CultureInfo.InvariantCulture) : 0;
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
            response.AddHeader("Content-Range", from < Content.Length ? $"bytes {from}-{Content.Length - 1}/{Content.Length}" : $"bytes */{Content.Length}");
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
            // The client broke off.
        }
    }
}
