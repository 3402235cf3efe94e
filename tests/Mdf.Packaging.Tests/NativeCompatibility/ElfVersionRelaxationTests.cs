using System.Buffers.Binary;
using Mdf.Build;

namespace Mdf.Packaging.Tests.NativeCompatibility;

public sealed class ElfVersionRelaxationTests
{
    private static readonly byte[] Original = File.ReadAllBytes(BuildFacts.NativeLibrary);

    [Fact]
    public void Relax_TorchSharpLibrary_LeavesNoStrongNeedOfTheVersion()
    {
        Assert.Contains(new ElfView(Original).Needs(), n => n.Version == ElfVersionRelaxation.Version && n.Strong);

        byte[] image = Relaxed();

        Assert.DoesNotContain(new ElfView(image).Needs(), n => n.Version == ElfVersionRelaxation.Version && n.Strong);
        Assert.Equal(StrongNeeds(Original).Where(v => v != ElfVersionRelaxation.Version), StrongNeeds(image));
    }

    [Fact]
    public void Relax_TorchSharpLibrary_PutsAnUnversionedHarmlessSymbolInTheOthersPlace()
    {
        var before = new ElfView(Original).Symbols().ToList();
        int place = Assert.Single(Enumerable.Range(0, before.Count), i => before[i].Name == ElfVersionRelaxation.Symbol);
        Assert.True(before[place].Undefined);

        var after = new ElfView(Relaxed()).Symbols().ToList();

        Assert.Equal(before[place] with { Name = "abs", Version = 1 }, after[place]);
        after[place] = before[place];
        Assert.Equal(before, after);
    }

    [Fact]
    public void Relax_TorchSharpLibrary_ChangesFiveBytes()
    {
        byte[] image = Relaxed();

        (_, int symbol, int version, _, _) = new ElfView(Original).Symbols().Single(s => s.Name == ElfVersionRelaxation.Symbol);
        int need = new ElfView(Original).Needs().Single(n => n.Version == ElfVersionRelaxation.Version).At;
        int[] changed = Differences(Original, image);
        Assert.All(changed, at => Assert.True(at - symbol is >= 0 and < 4 || at == version || at == need + 4));
        Assert.Equal(5, changed.Length);
    }

    [Fact]
    public void Relax_RelaxedImage_ReturnsFalseAndChangesNothing()
    {
        byte[] once = Relaxed();
        byte[] twice = [.. once];

        Assert.False(ElfVersionRelaxation.Relax(twice));
        Assert.Equal(once, twice);
    }

    [Fact]
    public void Relax_AnotherSymbolOfTheVersion_RefusesItByName()
    {
        int index = new ElfView(Original).Needs().Single(n => n.Version == ElfVersionRelaxation.Version).Index;
        var other = new ElfView(Original).Symbols().First(s => s.Undefined && s.Version > 1 && s.Version != index);
        byte[] image = [.. Original];
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(other.VersionAt), (ushort)index);
        byte[] asked = [.. image];

        var e = Assert.Throws<ElfLayoutException>(() => ElfVersionRelaxation.Relax(image));

        Assert.Contains(other.Name, e.Message, StringComparison.Ordinal);
        Assert.Equal(asked, image);
    }

    [Fact]
    public void Relax_NotElf_Refuses()
    {
        byte[] script =
            "#!/bin/sh\necho this is a text of more than sixty-four bytes, which no linker would take for a library\n"u8.ToArray();
        byte[] thirtyTwoBits = [.. Original];
        thirtyTwoBits[4] = 1;
        byte[] bigEndian = [.. Original];
        bigEndian[5] = 2;

        Assert.All([script, thirtyTwoBits, bigEndian], i => Assert.Throws<ElfLayoutException>(() => ElfVersionRelaxation.Relax(i)));
    }

    [Fact(Timeout = 60_000)]
    public Task Relax_TruncatedImage_RefusesAtEveryLength() => Task.Run(
        () =>
        {
            var random = new Random(1);
            IEnumerable<int> lengths = Enumerable.Range(0, 256)
                .Concat(Enumerable.Range(0, 500).Select(_ => random.Next(Original.Length)))
                .Concat(Enumerable.Range(1, 64).Select(i => Original.Length - i));
            foreach (int length in lengths)
            {
                Assert.Throws<ElfLayoutException>(() => ElfVersionRelaxation.Relax(Original[..length]));
            }
        },
        TestContext.Current.CancellationToken);

    [Theory(Timeout = 60_000)]
    [InlineData("header")]
    [InlineData("section table")]
    [InlineData("version needs")]
    [InlineData("symbol versions")]
    public Task Relax_DamagedImage_RefusesOrDoesTheWholeWork(string part) => Task.Run(
        () =>
        {
            (int start, int length) = PlaceOf(part);
            var random = new Random(2);
            byte[] image = new byte[Original.Length];
            int refused = 0;
            for (int round = 0; round < 400; round++)
            {
                Original.CopyTo(image, 0);
                for (int flips = random.Next(1, 6); flips > 0; flips--)
                {
                    // Half of the damage is a byte of ones: sizes and offsets that overflow are rare among random ones.
                    image[start + random.Next(length)] = random.Next(2) == 0 ? (byte)0xff : (byte)random.Next(256);
                }

                byte[] damaged = [.. image];
                bool relaxed;
                try
                {
                    relaxed = ElfVersionRelaxation.Relax(image);
                }
                catch (ElfLayoutException)
                {
                    refused++;
                    Assert.True(image.AsSpan().SequenceEqual(damaged));
                    continue;
                }

                Assert.Equal(relaxed, !image.AsSpan().SequenceEqual(damaged));
                byte[] result = [.. image];
                Assert.False(ElfVersionRelaxation.Relax(image));
                Assert.True(image.AsSpan().SequenceEqual(result));
            }

            Assert.True(refused > 0, "No damage was noticed.");
        },
        TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(12)]
    [InlineData(28)]
    [InlineData(44)]
    public void Relax_VersionNeedThatIsItsOwnNext_EndsWithARefusal(int nextAt)
    {
        // An entry of one auxiliary at 0 and 16, the next entry at 32: "next" is the last field of each.
        byte[] image = [.. Original];
        (int start, _) = PlaceOf("version needs");
        for (int at = start; at < start + 48; at += 16)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(at + 2), ushort.MaxValue);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(start + nextAt), 0);

        Assert.Throws<ElfLayoutException>(() => ElfVersionRelaxation.Relax(image));
    }

    [Theory]
    [InlineData(24)]
    [InlineData(32)]
    public void Relax_SectionOfImpossibleOffsetOrSize_Refuses(int field)
    {
        (int table, int length) = PlaceOf("section table");
        byte[] image = new byte[Original.Length];
        foreach (long value in (long[])[-1, long.MinValue, long.MaxValue, int.MaxValue, (long)int.MaxValue * 24 + 24])
        {
            Original.CopyTo(image, 0);
            for (int section = 0; section < length; section += 64)
            {
                BinaryPrimitives.WriteInt64LittleEndian(image.AsSpan(table + section + field), value);
            }

            Assert.Throws<ElfLayoutException>(() => ElfVersionRelaxation.Relax(image));
        }
    }

    private static byte[] Relaxed()
    {
        byte[] image = [.. Original];
        Assert.True(ElfVersionRelaxation.Relax(image));
        Assert.Equal(Original.Length, image.Length);
        return image;
    }

    private static IEnumerable<string> StrongNeeds(byte[] image) => new ElfView(image).Needs().Where(n => n.Strong).Select(n => n.Version);

    private static int[] Differences(byte[] a, byte[] b) => [.. Enumerable.Range(0, a.Length).Where(i => a[i] != b[i])];

    private static (int Start, int Length) PlaceOf(string part)
    {
        int table = (int)BinaryPrimitives.ReadInt64LittleEndian(Original.AsSpan(0x28));
        int tableLength = 64 * BinaryPrimitives.ReadUInt16LittleEndian(Original.AsSpan(0x3c));
        return part switch
        {
            "header" => (0, 64),
            "section table" => (table, tableLength),
            "version needs" => Section(0x6ffffffe),
            "symbol versions" => Section(0x6fffffff),
            _ => throw new ArgumentOutOfRangeException(nameof(part), part, null),
        };

        (int Start, int Length) Section(uint type)
        {
            int header = Enumerable.Range(0, tableLength / 64).Select(i => table + (64 * i))
                .Single(at => BinaryPrimitives.ReadUInt32LittleEndian(Original.AsSpan(at + 4)) == type);
            return ((int)BinaryPrimitives.ReadInt64LittleEndian(Original.AsSpan(header + 24)),
                (int)BinaryPrimitives.ReadInt64LittleEndian(Original.AsSpan(header + 32)));
        }
    }
}
