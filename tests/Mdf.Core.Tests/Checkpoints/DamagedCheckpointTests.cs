using System.Buffers.Binary;
using CsCheck;
using Mdf.Checkpoints;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Checkpoints;

/// <summary>
/// Tests damaged files of every format: reading them ends in a <see cref="CheckpointFormatException"/> or gives tensors that can be used.
/// </summary>
public sealed class DamagedCheckpointTests
{
    private static readonly int Mutations = TestLength.Of(full: 60_000, usual: 10_000);

    private static readonly (string Name, byte[] Bytes)[] Seeds =
    [
        ("safetensors", Safetensors()),
        .. ((string[])["zip.pth", "zip_protocol4.pth", "zip_modules.pth", "zip_training.pth"]).Select(n => (n, Fixture.Bytes(n))),
        .. ((string[])["zip.pth", "zip_protocol4.pth", "zip_modules.pth"])
            .Select(n => (n + " without checksums", WithoutChecksums(Fixture.Bytes(n)))),
        ("legacy.pth", Fixture.Bytes("legacy.pth")),
        ("legacy_modules.pth", Fixture.Bytes("legacy_modules.pth")),
    ];

    private static readonly Gen<Func<byte[], byte[]>> Damage = Gen.OneOf(
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[0, 7], (at, bit) => Edit(b => b[at % b.Length] ^= (byte)(1 << bit))),
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Byte, (at, value) => Edit(b => b[at % b.Length] = value)),
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Byte.Array[1, 12], (at, values) => Edit(b => Put(b, at, values))),
        Gen.Select(
            Gen.Int[0, int.MaxValue],
            OneOf(0L, 1, -1, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue),
            (at, value) => Edit(b => Put(b, at, BitConverter.GetBytes(value)))),
        Gen.Select(
            Gen.Int[0, int.MaxValue],
            OneOf(0, -1, int.MaxValue, int.MinValue, 1 << 20),
            (at, value) => Edit(b => Put(b, at, BitConverter.GetBytes(value)))),
        Gen.Int[0, int.MaxValue].Select(length => (Func<byte[], byte[]>)(b => b[..(length % b.Length)])),
        Gen.Int[0, int.MaxValue].Select(start => (Func<byte[], byte[]>)(b => b[(start % b.Length)..])),
        Gen.Select(
            Gen.Int[0, int.MaxValue],
            Gen.Byte.Array[1, 40],
            (at, values) => (Func<byte[], byte[]>)(b => [.. b[..(at % b.Length)], .. values, .. b[(at % b.Length)..]])),
        Gen.Select(
            Gen.Int[0, int.MaxValue],
            Gen.Int[1, 200],
            (at, length) => (Func<byte[], byte[]>)(b => [.. b[..(at % b.Length)], .. b.Skip((at % b.Length) + length)])),
        Gen.Select(
            Gen.Int[0, int.MaxValue],
            Gen.Int[0, int.MaxValue],
            Gen.Int[1, 100],
            (from, to, length) => Edit(b => Put(b, to, b.Skip(from % b.Length).Take(length).ToArray()))));

    [Fact]
    public void Read_AnyDamage_EndsInItsExceptionOrAUsableResult() =>
        Gen.Select(Gen.Int[0, Seeds.Length - 1], Damage.Array[1, 4]).Sample(
            (seed, damages) => AssertSafe(
                damages.Aggregate(Seeds[seed].Bytes, (bytes, damage) => bytes.Length == 0 ? bytes : damage(bytes))),
            iter: Mutations,
            threads: 1,
            print: c => $"{Seeds[c.Item1].Name} with {c.Item2.Length} damages");

    [Fact]
    public void Read_EveryLength_EndsInItsException()
    {
        foreach ((string name, byte[] bytes) in Seeds)
        {
            for (int length = 0; length < bytes.Length; length += 1 + (bytes.Length / 400))
            {
                byte[] cut = bytes[..length];
                var error = Record.Exception(() => StateDictionaryReader.Read(new MemoryStream(cut), "test").Dispose());
                Assert.True(error is CheckpointFormatException, $"{name} cut to {length} bytes: {error}");
            }
        }
    }

    [Fact]
    public void Read_Undamaged_Works() =>
        Assert.All(Seeds, seed =>
        {
            using StateDictionary read = StateDictionaryReader.Read(new MemoryStream(seed.Bytes), seed.Name);
            Assert.NotEmpty(read);
        });

    private static void AssertSafe(byte[] bytes)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using StateDictionary read = StateDictionaryReader.Read(new MemoryStream(bytes), "test");
            foreach (Tensor tensor in read.Values)
            {
                using var scope = NewDisposeScope();
                // Reading the first and the last element would crash if a view reached outside its storage.
                if (tensor.numel() is > 0 and < 100_000)
                {
                    tensor.to(ScalarType.Float64).sum().item<double>();
                }
                else if (tensor.numel() > 0)
                {
                    long last = tensor.storage_offset()
                        + tensor.shape.Zip(Enumerable.Range(0, tensor.shape.Length)).Sum(d => (d.First - 1) * tensor.stride(d.Second));
                    tensor.as_strided([1], [1], last).to(ScalarType.Float64).item<double>();
                }
            }
        }
        catch (CheckpointFormatException)
        {
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 4_000_000 + (200L * bytes.Length), $"{allocated} bytes were allocated for a file of {bytes.Length}.");
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Func<byte[], byte[]> Edit(Action<byte[]> edit) => bytes =>
    {
        byte[] copy = [.. bytes];
        edit(copy);
        return copy;
    };

    private static void Put(byte[] bytes, int at, byte[] values)
    {
        at %= bytes.Length;
        values.AsSpan(0, Math.Min(values.Length, bytes.Length - at)).CopyTo(bytes.AsSpan(at));
    }

    private static byte[] Safetensors()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(
            folder.PathOf("a"),
            new Dictionary<string, Tensor>
            {
                ["head.weight"] = ones(2, 3, 3),
                ["steps"] = tensor(3L),
                ["mask"] = tensor([true, false]),
                ["half"] = ones(3, ScalarType.Float16),
            },
            new Dictionary<string, string> { ["format"] = "test" });
        return File.ReadAllBytes(folder.PathOf("a"));
    }

    // A checksum of 0 is not verified, so damage reaches the pickle.
    private static byte[] WithoutChecksums(byte[] zip)
    {
        byte[] copy = [.. zip];
        for (int at = 0; at < copy.Length - 46; at++)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(copy.AsSpan(at)) == 0x02014b50)
            {
                copy.AsSpan(at + 16, 4).Clear();
            }
        }

        return copy;
    }
}
