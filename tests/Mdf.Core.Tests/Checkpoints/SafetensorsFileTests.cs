using System.Buffers.Binary;
using System.Text;
using Mdf.Checkpoints;
using Mdf.Testing;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Checkpoints;

public sealed class SafetensorsFileTests
{
    private static readonly ScalarType[] Types =
    [
        ScalarType.Float16, ScalarType.BFloat16, ScalarType.Float32, ScalarType.Float64, ScalarType.Int8, ScalarType.Int16,
        ScalarType.Int32, ScalarType.Int64, ScalarType.Byte, ScalarType.Bool,
    ];

    [Fact]
    public void Write_ThenRead_GivesBackEveryType()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var tensors = Types.ToDictionary(
            t => t.ToString(),
            t => (arange(6, ScalarType.Float32) - (t == ScalarType.Byte ? 0 : 2)).to(t).reshape(2, 3));
        tensors.Add("scalar", tensor(1.5));
        tensors.Add("empty", zeros(4, 0));
        tensors.Add("strided", arange(6, ScalarType.Float32).reshape(2, 3).t());
        tensors.Add("learned", ones(3, requires_grad: true));
        var metadata = new Dictionary<string, string> { ["format"] = "test", ["näme"] = "\"ü\n" };

        SafetensorsFile.Write(folder.PathOf("a.ckpt"), tensors, metadata);
        using StateDictionary read = StateDictionaryReader.Read(folder.PathOf("a.ckpt"));

        Assert.Equal(metadata, read.Metadata);
        Assert.Equal(tensors.Keys.Order(), read.Keys.Order());
        foreach ((string name, Tensor tensor) in tensors)
        {
            TensorAssert.Equal(tensor, read[name]);
            Assert.False(read[name].requires_grad);
        }
    }

    [Fact]
    public void Write_AnyTensors_AlignsThem()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(
            folder.PathOf("a.ckpt"),
            new Dictionary<string, Tensor> { ["bytes"] = ones(3, ScalarType.Byte), ["doubles"] = ones(2, ScalarType.Float64) });
        byte[] file = File.ReadAllBytes(folder.PathOf("a.ckpt"));
        Assert.Equal(0, BinaryPrimitives.ReadInt64LittleEndian(file) % 8);
        Assert.Contains(
            "\"doubles\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]}",
            Encoding.UTF8.GetString(file),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Fails_KeepsWhatWasThere()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        File.WriteAllText(folder.PathOf("a.ckpt"), "precious");
        var complex = new Dictionary<string, Tensor> { ["c"] = ones(2, ScalarType.ComplexFloat32) };
        Assert.Throws<ArgumentException>(() => SafetensorsFile.Write(folder.PathOf("a.ckpt"), complex));
        Tensor gone = ones(2);
        gone.Dispose();
        var disposed = new Dictionary<string, Tensor> { ["gone"] = gone };
        Assert.ThrowsAny<Exception>(() => SafetensorsFile.Write(folder.PathOf("a.ckpt"), disposed));
        Assert.Equal("precious", File.ReadAllText(folder.PathOf("a.ckpt")));
        Assert.Equal(["a.ckpt"], folder.FileNames());
    }

    [Theory]
    [InlineData("__metadata__")]
    [InlineData("")]
    public void Write_NameThatCannotBe_Throws(string name)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor> { [name] = ones(1) };
        Assert.Equal(
            "tensors", Assert.Throws<ArgumentException>(() => SafetensorsFile.Write(folder.PathOf("a"), tensors)).ParamName);
    }

    [Fact]
    public void Write_MetadataKeyTakenTwice_Throws()
    {
        using var folder = new TemporaryFolder();
        KeyValuePair<string, string>[] twice = [new("task", "jpeg"), new("task", "denoise")];
        Assert.Equal("metadata", Assert.Throws<ArgumentException>(() => SafetensorsFile.Write(folder.PathOf("a"), [], twice)).ParamName);
        Assert.Empty(folder.FileNames());
    }

    [Fact]
    public void WriteAndRead_Disposed_LeaveNoTensor()
    {
        using var folder = new TemporaryFolder();
        using Tensor weights = ones(5, 5).t();
        LiveTensors.AssertNoneLeft(() =>
        {
            SafetensorsFile.Write(folder.PathOf("a.ckpt"), new Dictionary<string, Tensor> { ["w"] = weights });
            SafetensorsFile.Read(folder.PathOf("a.ckpt")).Dispose();
        });
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, null)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}   """, 8, null)]
    [InlineData("""{"a":{"dtype":"F32","shape":[0,5],"data_offsets":[0,0]}}""", 0, null)]
    [InlineData("""{}""", 0, null)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "but the file holds 7")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "but the file holds 9")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "takes 12 bytes")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""", 8, "'F8_E4M3'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "impossible")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,8]}}""", 8, "impossible")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904,0],"data_offsets":[0,0]}}""", 0, "impossible")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8]}}""",
        8,
        "'9223372036854775808' in a shape or offset is no integer")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""", 8, "'2.0' in a shape or offset is no integer")]
    [InlineData("""{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", 8, "not the JSON")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "not the JSON")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"\u0061":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""",
        16,
        "not the JSON")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        8,
        "no gaps and no overlaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "no gaps and no overlaps")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""",
        16,
        "not the JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "tensor 'a' has no 'data_offsets'")]
    [InlineData("""{"a":{"dtype":3,"shape":[2],"data_offsets":[0,8]}}""", 8, "not the JSON")]
    [InlineData("""{"a":[]}""", 8, "not the JSON")]
    [InlineData("""{"a":{{{{{{{{{{{{{{{{""", 8, "not the JSON")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "not the JSON")]
    [InlineData("""{"__metadata__":{"a":null}}""", 0, "metadata")]
    public void Read_Header_IsTakenOrRefusedWithReason(string header, int dataBytes, string? reason)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] file = new byte[8 + json.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        json.CopyTo(file, 8);

        if (reason is null)
        {
            using StateDictionary read = StateDictionaryReader.Read(new MemoryStream(file), "test");
            Assert.Equal(dataBytes / 4, read.Values.Sum(t => t.numel()));
        }
        else
        {
            var error = Assert.Throws<CheckpointFormatException>(() => StateDictionaryReader.Read(new MemoryStream(file), "test"));
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
            Assert.Equal(8, error.Offset);
        }
    }

    [Fact]
    public void Read_AnyBoolByte_BecomesZeroOrOne()
    {
        byte[] json = """{"a":{"dtype":"BOOL","shape":[4],"data_offsets":[0,4]}}"""u8.ToArray();
        byte[] file = [.. BitConverter.GetBytes((long)json.Length), .. json, 0, 1, 2, 255];
        using StateDictionary read = StateDictionaryReader.Read(new MemoryStream(file), "test");
        Assert.Equal(3, read["a"].to(ScalarType.Int64).sum().item<long>());
    }
}
