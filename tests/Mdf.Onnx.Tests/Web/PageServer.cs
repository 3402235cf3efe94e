using System.ComponentModel;
using System.Diagnostics;
using Mdf.Testing;

namespace Mdf.Onnx.Tests.Web;

/// <summary>The sample's own server of its page, on a free port. Nothing is installed for it.</summary>
public sealed class PageServer : IDisposable
{
    private static readonly string Folder = Path.Combine(Repository.Root, "samples", "RestoreWithOnnx", "web");

    private Process? server;
    private Uri? address;

    /// <summary>Returns the page's address; skips the test without Node.js or without what <c>npm install</c> brings.</summary>
    public Uri Address()
    {
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(Folder, "node_modules", "onnxruntime-web")),
            "onnxruntime-web is not installed: run 'npm install' in samples/RestoreWithOnnx/web");
        return address ??= Start();
    }

    public void Dispose()
    {
        server?.Kill();
        server?.Dispose();
    }

    private Uri Start()
    {
        var start = new ProcessStartInfo("node", "server.mjs") { WorkingDirectory = Folder, RedirectStandardOutput = true };
        start.Environment["PORT"] = "0";
        try
        {
            server = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("Node.js is not installed");
        }

        return new Uri(server.StandardOutput.ReadLine()!);
    }
}
