namespace Mdf.Benchmarks;

/// <summary>A variant on a size.</summary>
public sealed record Scenario(Variant Variant, Size Size)
{
    public override string ToString() => $"{Size} {Variant}";
}
