using Mdf.Checkpoints;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Checkpoints;

/// <summary>Checkpoints as trainings write them: weights beside other things, under prefixes, in every protocol of pickle.</summary>
public sealed class WrappedCheckpointTests
{
    private static readonly byte[] FourFloats = new byte[4 * sizeof(float)];

    [Theory]
    [InlineData("best_score_tensor_beside.pth")]
    [InlineData("compiled_prefix.pth")]
    [InlineData("dataclass_beside.pth")]
    [InlineData("dataparallel_prefix.safetensors")]
    [InlineData("legacy_protocol4.pth")]
    [InlineData("lightning_prefix.pth")]
    [InlineData("partial_beside.pth")]
    public void Read_FileOfATraining_HoldsTheExpectedTensors(string file)
    {
        using StateDictionary expected = StateDictionaryReader.Read(Fixture.FilePath("wrapped/expected.safetensors"));
        using StateDictionary read = StateDictionaryReader.Read(Fixture.FilePath($"wrapped/{file}"));
        Assert.Equal(expected.Keys.Order(), read.Keys.Order());
        Assert.All(expected, t => TensorAssert.Equal(t.Value, read[t.Key]));
    }

    [Theory]
    [InlineData("state_dict")]
    [InlineData("model")]
    [InlineData("weights")]
    public void Read_TensorBesideTheWeights_TakesTheNestedDictionary(string key)
    {
        PickleAssembler pickle = Start().Text("best_acc1").Tensor("0", "FloatStorage", 4, [1], [1])
            .Text(key).Operation('}').Operation('(').Text("w").Tensor("0", "FloatStorage", 4, [4], [1]).Operation('u').Operation('u');
        using StateDictionary read = Read(pickle);
        Assert.Equal(["w"], read.Keys);
        Assert.Equal([key], read.Candidates);
    }

    [Fact]
    public void Read_TwoDictionariesOfWeights_ReadsBothAndListsThem()
    {
        PickleAssembler pickle = Start();
        foreach (string key in (string[])["netG", "netD"])
        {
            pickle.Text(key).Operation('}').Operation('(').Text("w").Tensor("0", "FloatStorage", 4, [4], [1]).Operation('u');
        }

        using StateDictionary read = Read(pickle.Operation('u'));
        Assert.Equal(["netG.w", "netD.w"], read.Keys);
        Assert.Equal(["netG", "netD"], read.Candidates);
    }

    [Theory]
    [InlineData("functools", "partial")]
    [InlineData("datetime", "timezone")]
    [InlineData("decimal", "Decimal")]
    [InlineData("fractions", "Fraction")]
    [InlineData("re", "_compile")]
    [InlineData("logging", "getLogger")]
    [InlineData("builtins", "ValueError")]
    [InlineData("numpy.random._pickle", "__generator_ctor")]
    [InlineData("torch.serialization", "_get_layout")]
    [InlineData("torch._utils", "_rebuild_sparse_tensor")]
    [InlineData("torch._utils", "_rebuild_qtensor")]
    [InlineData("my.training", "Settings")]
    public void Read_UnknownCallBesideTheWeights_IsLeftOutAndListed(string module, string name)
    {
        PickleAssembler pickle = Start()
            .Text("settings").Global(module, name).Operation('(').Tensor("0", "FloatStorage", 4, [4], [1]).Operation('t').Operation('R')
            .Text("state_dict").Operation('}').Operation('(').Text("w").Tensor(
                "0", "FloatStorage", 4, [4], [1]).Operation('u').Operation('u');
        using StateDictionary read = Read(pickle);
        Assert.Equal(["w"], read.Keys);
        Assert.Equal([$"{module}.{name}"], read.Ignored);
    }

    [Fact]
    public void Read_WeightMadeByAnUnknownCall_IsRefusedByName()
    {
        PickleAssembler pickle = Start()
            .Text("w").Tensor("0", "FloatStorage", 4, [4], [1])
            .Text("sparse").Global("torch._utils", "_rebuild_sparse_tensor").Operation('(').Tensor("0", "FloatStorage", 4, [4], [1])
            .Operation('t').Operation('R').Operation('u');
        string message = Assert.Throws<CheckpointFormatException>(() => Read(pickle)).Message;
        Assert.Contains("'sparse' is made by 'torch._utils._rebuild_sparse_tensor'", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("os", "system")]
    [InlineData("posix", "system")]
    [InlineData("subprocess", "Popen")]
    [InlineData("builtins", "eval")]
    [InlineData("__builtin__", "exec")]
    [InlineData("builtins", "__import__")]
    [InlineData("builtins", "open")]
    [InlineData("importlib", "import_module")]
    [InlineData("runpy", "run_path")]
    [InlineData("torch.hub", "load")]
    public void Read_CallThatCouldRunCode_IsRefusedByName(string module, string name)
    {
        PickleAssembler pickle = Start().Text("w").Tensor("0", "FloatStorage", 4, [4], [1])
            .Text("harm").Global(module, name).Operation(')').Operation('R').Operation('u');
        string message = Assert.Throws<CheckpointFormatException>(() => Read(pickle)).Message;
        Assert.Contains($"'{module}.{name}'", message, StringComparison.Ordinal);
        Assert.Contains("was not called", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("module.", "a.weight")]
    [InlineData("_orig_mod.", "a.weight")]
    [InlineData("module._orig_mod.", "a.weight")]
    [InlineData("_orig_mod.module.", "a.weight")]
    [InlineData("model.", "a.weight")]
    [InlineData("net.", "a.weight")]
    [InlineData("generator.", "a.weight")]
    [InlineData("netG.", "a.weight")]
    [InlineData("model.module.", "a.weight")]
    [InlineData("", "model.0.weight")]
    [InlineData("", "encoder.weight")]
    public void Read_PrefixOfEveryName_IsRemovedInBothFormats(string prefix, string name)
    {
        using Tensor weight = ones(2);
        using var folder = new TemporaryFolder();
        SafetensorsFile.Write(folder.PathOf("a.safetensors"), [KeyValuePair.Create($"{prefix}{name}", weight)]);
        using StateDictionary safetensors = StateDictionaryReader.Read(folder.PathOf("a.safetensors"));
        using StateDictionary pickled = Read(Start().Text($"{prefix}{name}").Tensor("0", "FloatStorage", 4, [4], [1]).Operation('u'));
        Assert.All([safetensors, pickled], read =>
        {
            Assert.Equal([name], read.Keys);
            Assert.Equal(prefix, read.Prefix);
        });
        using StateDictionary kept = StateDictionaryReader.Read(
            folder.PathOf("a.safetensors"), new CheckpointReadOptions { StripPrefixes = false });
        Assert.Equal([$"{prefix}{name}"], kept.Keys);
    }

    private static PickleAssembler Start() => new PickleAssembler().Operation('}').Operation('(');

    private static StateDictionary Read(PickleAssembler pickle)
    {
        using var stream = new MemoryStream(pickle.ToZipFile(("0", FourFloats)));
        return StateDictionaryReader.Read(stream, "case.pth");
    }
}
