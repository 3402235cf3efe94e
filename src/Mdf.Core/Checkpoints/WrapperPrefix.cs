namespace Mdf.Checkpoints;

/// <summary>The prefixes that PyTorch's wrappers and training frameworks put before every name.</summary>
internal static class WrapperPrefix
{
    private static readonly string[] Known = ["module.", "_orig_mod.", "model.", "net.", "generator.", "netG."];

    /// <summary>Returns the known prefixes that all names share, in any order and number; empty if there is none.</summary>
    /// <remarks>
    /// A prefix stays if a number or nothing would follow it, as in <c>model.0.weight</c>: such names are those of an nn.Sequential of the
    /// network
    /// itself.
    /// </remarks>
    public static string Of(IEnumerable<string> names)
    {
        string[] all = [.. names];
        string prefix = "";
        while (all.Length > 0 && Known.FirstOrDefault(known => all.All(name => IsWrapped(name.AsSpan(prefix.Length), known))) is { } found)
        {
            prefix += found;
        }

        return prefix;
    }

    private static bool IsWrapped(ReadOnlySpan<char> name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal) && name.Length > prefix.Length
        && (prefix is "module." or "_orig_mod." || !char.IsAsciiDigit(name[prefix.Length]));
}
