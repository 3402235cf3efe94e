using Mdf.Models.Adversarial;
using Mdf.Models.Perceptual;
using Mdf.Models.Restoration;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Models.Tests;

/// <summary>Tests that no network depends on the state of libtorch or of the process, and that disposed networks say so.</summary>
public sealed class AmbientStateTests : IDisposable
{
    private static readonly Dictionary<string, Func<nn.Module>> Networks = new()
    {
        ["DnCNN"] = () => new DnCnn(new DnCnnOptions { Layers = 3, Width = 8, Normalization = true }),
        ["EDSR"] = () => new Edsr(new EdsrOptions { Scale = 2, Blocks = 1, Width = 8 }),
        ["SRResNet"] = () => new SrResNet(new SrResNetOptions { Scale = 2, Blocks = 1, Width = 8 }),
        ["MSRResNet"] = () => new MsrResNet(new MsrResNetOptions { Scale = 4, Blocks = 1, Width = 8 }),
        ["MDF discriminator"] = () => new MdfDiscriminator(2, 8),
        ["SRGAN discriminator"] = () => new SrganDiscriminator(32),
    };

    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<string> Names => [.. Networks.Keys];

    public static TheoryData<string, string> Cases => new(
        from network in Networks.Keys
        from state in AmbientState.Names
        select (network, state));

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Network_AnyState_IsTheSameAndTrainsAfterwards(string name, string state)
    {
        Tensor image = rand([1, 3, 32, 32], ScalarType.Float32, CPU, generator: new Generator(5));
        using nn.Module expectedNetwork = Networks[name]();
        using nn.Module network = CreateIn(state, name);
        foreach ((string parameter, Tensor value) in network.state_dict())
        {
            bool isCounter = parameter.EndsWith("num_batches_tracked", StringComparison.Ordinal);
            Assert.Equal(isCounter ? ScalarType.Int64 : ScalarType.Float32, value.dtype);
            if (name is not ("MDF discriminator" or "SRGAN discriminator"))
            {
                TensorAssert.Equal(expectedNetwork.state_dict()[parameter], value);
            }
        }

        network.eval();
        var module = (nn.Module<Tensor, Tensor>)network;
        Tensor expected = module.call(image), inside;
        using (AmbientState.Enter(state))
        {
            inside = module.call(image);
        }

        // Without gradients libtorch chooses other convolutions.
        TensorAssert.Near(expected.detach(), inside.detach(), 1e-5);
        network.train();
        module.call(image).sum().backward();
        Assert.All(network.parameters().Where(p => p.requires_grad), p => Assert.NotNull(p.grad));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Call_Disposed_IsObjectDisposed(string name)
    {
        Tensor image = rand(1, 3, 32, 32);
        nn.Module network = Networks[name]();
        network.Dispose();
        ObjectDisposedException e = Assert.Throws<ObjectDisposedException>(() => ((nn.Module<Tensor, Tensor>)network).call(image));
        Assert.Contains(network.GetType().Name, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(AmbientNames))]
    public void FeatureNetwork_AnyState_IsFloat32AndTrainsAfterwards(string state)
    {
        FeatureNetwork network;
        using (AmbientState.Enter(state))
        {
            network = new Vgg16Features("relu1_2");
        }

        Tensor image = rand([1, 3, 16, 16], ScalarType.Float32, CPU).requires_grad_(true);
        network.call(image).sum().backward();
        Assert.All(network.parameters(), p => Assert.Equal(ScalarType.Float32, p.dtype));
        network.Dispose();
        Assert.Throws<ObjectDisposedException>(() => network.call(image));
    }

    public static TheoryData<string> AmbientNames => [.. AmbientState.Names];

    private static nn.Module CreateIn(string state, string name)
    {
        using (AmbientState.Enter(state))
        {
            return Networks[name]();
        }
    }
}
