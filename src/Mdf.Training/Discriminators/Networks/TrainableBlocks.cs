using static TorchSharp.torch;

namespace Mdf.Training.Discriminators.Networks;

/// <summary>Operations on the head and body blocks of a network, in order.</summary>
internal static class TrainableBlocks
{
    public static TrainableBlock[] Of(nn.Module network, int bodyBlocks, ScalarType? precision) =>
        [
            new TrainableBlock(network, "head", precision),
            .. Enumerable.Range(1, bodyBlocks).Select(i => new TrainableBlock(network, $"body.block{i}", precision)),
        ];

    public static void Begin(TrainableBlock[] blocks) => Array.ForEach(blocks, b => b.Begin());

    public static void End(TrainableBlock[] blocks) => Array.ForEach(blocks, b => b.End());

    public static void Dispose(TrainableBlock[] blocks) => Array.ForEach(blocks, b => b.Dispose());

    public static BlockPass[] Forward(TrainableBlock[] blocks, Tensor images)
    {
        var passes = new BlockPass[blocks.Length];
        for (int i = 0; i < blocks.Length; i++)
        {
            passes[i] = blocks[i].Forward(i == 0 ? images : passes[i - 1].Output);
        }

        return passes;
    }

    public static Tensor? Backward(BlockPass[] passes, Tensor? gradient, bool wantsWeights, bool wantsInput)
    {
        for (int i = passes.Length - 1; i >= 0; i--)
        {
            gradient = passes[i].Backward(gradient!, wantsWeights, wantsInput || i > 0);
        }

        return gradient;
    }
}
