using Mdf.Testing;
using Reproduce.Experiments;

namespace Mdf.Reproduce.Tests.Experiments;

public sealed class ExperimentTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // SHA-256 of {"Network":"EDSR","Rate":0.0001,"Steps":10}: runs of other machines and versions are to be found.
    [Fact]
    public void Identity_OfADescription_IsTheHashOfItsSortedJson() =>
        Assert.Equal("438f9d1dc58cb185", ExperimentIdentity.Of(new Description("EDSR", 10, 1e-4, null)));

    [Fact]
    public void Identity_OrderOfMembersAndAbsentOnes_DoNotMatter()
    {
        Assert.Equal(
            ExperimentIdentity.Of(new { a = 1, b = new { c = 2, d = 3 } }), ExperimentIdentity.Of(new { b = new { d = 3, c = 2 }, a = 1 }));
        Assert.Equal(ExperimentIdentity.Of(new { a = 1 }), ExperimentIdentity.Of(new { a = 1, b = (string?)null }));
    }

    [Fact]
    public void Identity_AnyChange_IsAnother()
    {
        var description = new Description("EDSR", 10, 1e-4, null);
        string[] identities =
        [
            ExperimentIdentity.Of(description),
            ExperimentIdentity.Of(description with { Network = "SRResNet" }),
            ExperimentIdentity.Of(description with { Steps = 11 }),
            ExperimentIdentity.Of(description with { Rate = 1e-3 }),
            ExperimentIdentity.Of(description with { Weights = "0" }),
        ];

        Assert.Equal(identities.Length, identities.Distinct().Count());
        Assert.All(identities, i => Assert.Matches("^[0-9a-f]{16}$", i));
    }

    [Fact]
    public void Identity_OfAFile_IsThatOfItsContent()
    {
        folder.Write("a", "abc");
        folder.Write("b", "abc");

        // The beginning of SHA-256 of "abc", FIPS 180-2.
        Assert.Equal("ba7816bf8f01cfea", ExperimentIdentity.OfFile(folder.PathOf("a")));
        Assert.Equal(ExperimentIdentity.OfFile(folder.PathOf("a")), ExperimentIdentity.OfFile(folder.PathOf("b")));
    }

    [Fact]
    public void Store_WhatWasSaved_IsFoundByItsDescriptionAlone()
    {
        var store = new ExperimentStore(folder.PathOf("runs"));
        var description = new Description("DnCNN", 3, 1e-3, null);
        Assert.Null(store.Find<Description, double[]>("training", description));

        store.Save("training", description, new[] { 1.5, double.PositiveInfinity }, ExperimentEnvironment.Current(TimeSpan.FromSeconds(2)));

        ExperimentRecord<Description, double[]> found = new ExperimentStore(store.Folder).Find<Description, double[]>(
            "training", description)!;
        Assert.Equal(description, found.Description);
        Assert.Equal([1.5, double.PositiveInfinity], found.Result);
        Assert.Equal(TimeSpan.FromSeconds(2), found.Environment.Duration);
        Assert.NotEmpty(found.Environment.Library);
        Assert.Null(store.Find<Description, double[]>("other", description));
        Assert.Null(store.Find<Description, double[]>("training", description with { Steps = 4 }));
        Assert.Equal([$"training-{found.Identity}.json"], Directory.GetFiles(store.Folder).Select(Path.GetFileName));
    }

    [Fact]
    public void Store_All_TakesOneKindAndNoLeftovers()
    {
        var store = new ExperimentStore(folder.FullName);
        store.Save("table", new Description("a", 1, 1, null), 1, ExperimentEnvironment.Current(TimeSpan.Zero));
        store.Save("table", new Description("b", 1, 1, null), 2, ExperimentEnvironment.Current(TimeSpan.Zero));
        store.Save("table-more", new Description("b", 1, 1, null), 3, ExperimentEnvironment.Current(TimeSpan.Zero));
        folder.Write("table-0123456789abcdef.json.0.tmp", "{");

        Assert.Equal([1, 2], store.All<Description, int>("table").Select(r => r.Result).Order());
    }

    [Fact]
    public void Store_DamagedFile_IsNamed()
    {
        var store = new ExperimentStore(folder.FullName);
        var description = new Description("a", 1, 1, null);
        folder.Write($"table-{ExperimentIdentity.Of(description)}.json", "{ \"Kind\": ");

        Assert.Contains(
            "table-",
            Assert.Throws<InvalidDataException>(() => store.Find<Description, int>("table", description)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Shards_Together_AreTheWhole()
    {
        int[] all = [.. Enumerable.Range(0, 11)];
        int[][] parts = [.. Enumerable.Range(1, 3).Select(i => Shard.Parse($"{i}/3").Of(all).ToArray())];

        Assert.Equal(all, parts.SelectMany(p => p).Order());
        Assert.All(parts, p => Assert.InRange(p.Length, 3, 4));
        Assert.Equal(all, Shard.Whole.Of(all));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("0/2")]
    [InlineData("3/2")]
    [InlineData("1/2/3")]
    [InlineData("-1/2")]
    [InlineData("a/b")]
    public void Shard_NoPart_IsRefused(string text) => Assert.ThrowsAny<ArgumentException>(() => Shard.Parse(text));

    [Theory]
    [InlineData(1, 1, 4, 4, "1/4")]
    [InlineData(4, 1, 4, 4, "4/4")]
    [InlineData(0, 0, 3, 4, "1/4")]
    [InlineData(15, 5, 20, 4, "3/4")]
    [InlineData(7, 7, 7, 1, "1/1")]
    public void Shard_TaskOfASlurmArray_IsItsPart(int task, int first, int last, int count, string expected) =>
        Assert.Equal(Shard.Parse(expected), Shard.Parse("slurm", Array(task, first, last, count)));

    [Fact]
    public void Shard_NoEvenSlurmArray_IsSaid()
    {
        Assert.Contains(
            "SLURM_ARRAY_TASK_ID is ''; expected a number, as in a task of 'sbatch --array=1-4'.",
            Assert.Throws<ArgumentException>(() => Shard.Parse("slurm", _ => null)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "The 3 tasks of the Slurm array from 1 to 8 are not evenly spaced",
            Assert.Throws<ArgumentException>(() => Shard.Parse("slurm", Array(3, 1, 8, 3))).Message,
            StringComparison.Ordinal);
    }

    private static Func<string, string?> Array(int task, int first, int last, int count) => name => name switch
    {
        "SLURM_ARRAY_TASK_ID" => $"{task}",
        "SLURM_ARRAY_TASK_MIN" => $"{first}",
        "SLURM_ARRAY_TASK_MAX" => $"{last}",
        "SLURM_ARRAY_TASK_COUNT" => $"{count}",
        _ => null,
    };

    private sealed record Description(string Network, int Steps, double Rate, string? Weights);
}
