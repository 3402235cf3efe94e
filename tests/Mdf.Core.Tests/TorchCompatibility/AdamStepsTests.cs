using Mdf.Testing;
using Mdf.TorchCompatibility;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.TorchCompatibility;

public sealed class AdamStepsTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void StepSafely_SeveralSteps_IsAdam()
    {
        using Linear ours = nn.Linear(5, 3), theirs = nn.Linear(5, 3);
        theirs.load_state_dict(ours.state_dict());
        using var safe = optim.Adam(ours.parameters(), 1e-2, 0.8, 0.95);
        using var plain = optim.Adam(theirs.parameters(), 1e-2, 0.8, 0.95);
        Tensor x = rand(7, 5);
        for (int i = 0; i < 5; i++)
        {
            Learn(ours, safe);
            safe.StepSafely();
            Learn(theirs, plain);
            plain.step();
        }

        TensorAssert.Near(theirs.weight!, ours.weight!, 1e-6);
        TensorAssert.Near(theirs.bias!, ours.bias!, 1e-6);

        void Learn(Linear network, Adam adam)
        {
            adam.zero_grad();
            network.call(x).square().mean().backward();
        }
    }

    [Fact]
    public void StepSafely_WeightDecay_IsRefused()
    {
        using Linear network = nn.Linear(2, 2);
        using var adam = optim.Adam(network.parameters(), weight_decay: 0.1);
        Assert.Contains("weight_decay 0.1", Assert.Throws<NotSupportedException>(adam.StepSafely).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void StepSafely_AHundredTimes_LeavesNoTensor()
    {
        using Linear network = nn.Linear(4, 4);
        using var adam = optim.Adam(network.parameters());
        using Tensor x = rand(2, 4);
        using (Tensor loss = network.call(x).sum())
        {
            loss.backward();
        }

        adam.StepSafely();
        LiveTensors.AssertNoneLeft(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                adam.StepSafely();
            }
        });
    }
}
