using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// Puts a loss whose gradient is already known into the graph. Going back scales the gradient by the incoming one; when the way back
/// itself is to be differentiated (<c>create_graph</c>), the loss is computed once more by ordinary operations.
/// </summary>
internal sealed class FusedGradient : autograd.SingleTensorFunction<FusedGradient>
{
    private const string CallKey = "call";

    // libtorch copies what backward returns after it has returned, so that its wrapper can only be disposed later: next time.
    [ThreadStatic]
    private static Tensor? returned;

    /// <inheritdoc/>
    public override string Name => nameof(FusedGradient);

    /// <summary>Makes the node.</summary>
    /// <param name="restored">The restored images, which require gradients.</param>
    /// <param name="losses">Each image's loss, (N).</param>
    /// <param name="gradient">Each image's gradient of its loss.</param>
    /// <param name="graph">Computes the losses again from the restored images, with a graph.</param>
    /// <returns>The losses, with a gradient function.</returns>
    public static Tensor Attach(Tensor restored, Tensor losses, Tensor gradient, Func<Tensor, Tensor> graph)
    {
        ReleaseReturned();
        return apply(restored, new Call(losses, gradient, graph));
    }

    /// <summary>Disposes what the last <see cref="backward"/> of this thread returned.</summary>
    public static void ReleaseReturned()
    {
        returned?.Dispose();
        returned = null;
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var call = (Call)vars[1];
        ctx.save_for_backward([(Tensor)vars[0], call.Gradient]);
        ctx.save_data(CallKey, call with { Shape = call.Gradient.shape });
        return call.Losses.alias();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        ReleaseReturned();
        using Tensor incoming = grad_output;
        returned = Gradient(ctx, incoming);
        return [returned, null!];
    }

    private static Tensor Gradient(autograd.AutogradContext ctx, Tensor incoming)
    {
        var call = (Call)ctx.get_data(CallKey);
        using var scope = NewDisposeScope();
        try
        {
            List<Tensor> saved = ctx.get_saved_variables();
            Tensor gradient = is_grad_enabled()
                ? autograd.grad([call.Graph(saved[0])], [saved[0]], [incoming], retain_graph: true, create_graph: true)[0]
                : saved[1] * incoming.to(saved[1].dtype).reshape(-1, 1, 1, 1);
            return gradient.MoveToOuterDisposeScope();
        }
        catch (Exception)
        {
            // The images were changed in place since, or something was disposed that is needed again. An exception would have to cross native code, which ends
            // the process; a gradient of NaN cannot be overlooked.
            return full(call.Shape, double.NaN, dtype: ScalarType.Float32, device: incoming.device).MoveToOuterDisposeScope();
        }
    }

    private sealed record Call(Tensor Losses, Tensor Gradient, Func<Tensor, Tensor> Graph)
    {
        public long[] Shape { get; init; } = [];
    }
}
