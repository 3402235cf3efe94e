namespace Mdf.Benchmarks;

/// <summary>A variant and a batch size.</summary>
public sealed record Scenario(Variant Variant, Size Size)
{
    public override string ToString() => $"{Size} {Variant}";
}
