using System.Reflection;
using System.Security.Cryptography;

namespace Mdf.Packaging.Tests;

/// <summary>Facts of the build that the tests need.</summary>
internal static class BuildFacts
{
    public static string Configuration { get; } = Get(nameof(Configuration));

    public static string PackageCache { get; } = Get(nameof(PackageCache));

    public static string TorchSharpVersion { get; } = Get(nameof(TorchSharpVersion));

    public static string LibTorchVersion { get; } = Get(nameof(LibTorchVersion));

    /// <summary>The native library as the TorchSharp package delivers it.</summary>
    public static string NativeLibrary { get; } = Path.Combine(
        Get("TorchSharpPackage"), "runtimes", "linux-x64", "native", "libLibTorchSharp.so");

    public static string HashOf(string path) => HashOf(File.ReadAllBytes(path));

    public static string HashOf(byte[] content) => Convert.ToHexString(SHA256.HashData(content));

    private static string Get(string key) =>
        typeof(BuildFacts).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value
        ?? throw new InvalidOperationException($"The build left no value for '{key}'.");
}
