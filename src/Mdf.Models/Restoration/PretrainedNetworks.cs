using Mdf.Checkpoints;

namespace Mdf.Models.Restoration;

/// <summary>Loads the restoration networks included in the package, which are embedded resources of the assembly.</summary>
internal static class PretrainedNetworks
{
    private const string Prefix = "Mdf.Models.Restoration.Pretrained.";
    private const string Extension = ".ckpt";

    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(PretrainedNetworks).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..^Extension.Length])
            .Order(StringComparer.Ordinal),
    ];

    public static RestorationNetwork Load(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!Names.Contains(name))
        {
            throw new ArgumentException(
                $"There are no packaged weights '{name}'; expected one of {string.Join(", ", Names)}. "
                + $"{nameof(ModelZoo)}.{nameof(ModelZoo.Load)} reads files.",
                nameof(name));
        }

        using Stream stream = typeof(PretrainedNetworks).Assembly.GetManifestResourceStream($"{Prefix}{name}{Extension}")!;
        using StateDictionary weights = StateDictionaryReader.Read(stream, name);
        return RestorationNetwork.Load(name, weights);
    }
}
