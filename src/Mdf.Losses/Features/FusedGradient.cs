using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses.Features;

/// <summary>Puts losses whose gradient is already known into the autograd graph.</summary>
/// <remarks>
/// <para>
/// The node has two outputs: the losses, and a map of zeros with the shape of the images. <see cref="Attach"/> adds the sum of gradient x
/// zeros to
/// the losses. So libtorch itself multiplies the known gradient by the incoming one on the way back, and hands the product to the node,
/// which
/// passes it on. The images are not needed, and may have been changed in place.
/// </para>
/// <para>
/// When the way back is itself to be differentiated (<c>create_graph</c>), the node computes the losses once more by ordinary operations.
/// That
/// needs the images as they were.
/// </para>
/// </remarks>
internal sealed class FusedGradient : autograd.MultiTensorFunction<FusedGradient>
{
    private const string CallKey = "call";

    // libtorch copies what backward returns after it has returned, so that its wrapper can only be disposed later: next time.
    [ThreadStatic]
    private static Tensor? returned;

    /// <inheritdoc/>
    public override string Name => nameof(FusedGradient);

    /// <summary>Returns the losses with a gradient function.</summary>
    /// <param name="restored">The restored images, which require gradients.</param>
    /// <param name="losses">Each image's loss, (N).</param>
    /// <param name="gradient">
    /// The gradient of each image's loss with respect to the image, in the shape of <paramref name="restored"/>.
    /// </param>
    /// <param name="graph">Computes the losses again from the restored images, with a graph.</param>
    /// <param name="fault">Receives what goes wrong on the way back, where no exception may be thrown.</param>
    public static Tensor Attach(Tensor restored, Tensor losses, Tensor gradient, Func<Tensor, Tensor> graph, DeferredFault fault)
    {
        ReleaseReturned();
        using var scope = NewDisposeScope();
        List<Tensor> outputs = apply(restored, new Call(losses, graph, fault));
        Tensor zero = (gradient * outputs[1]).sum([1, 2, 3]).to(losses.dtype);
        return outputs[0].Plus(zero).MoveToOuterDisposeScope();
    }

    /// <summary>Disposes what the last <see cref="backward"/> of this thread returned.</summary>
    public static void ReleaseReturned()
    {
        returned?.Dispose();
        returned = null;
    }

    /// <inheritdoc/>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        (var restored, var call) = ((Tensor)vars[0], (Call)vars[1]);
        ctx.save_for_backward([restored]);
        ctx.save_data(CallKey, call);
        return [call.Losses.alias(), zeros_like(restored, requires_grad: false)];
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        ReleaseReturned();
        (Tensor ofLosses, Tensor ofImages) = (grad_outputs[0], grad_outputs[1]);
        using (ofLosses)
        {
            if (!is_grad_enabled())
            {
                returned = ofImages;
            }
            else
            {
                using (ofImages)
                {
                    returned = DifferentiableGradient(ctx, ofLosses, ofImages);
                }
            }
        }

        return [returned, null!];
    }

    private static Tensor DifferentiableGradient(autograd.AutogradContext ctx, Tensor incoming, Tensor plain)
    {
        var call = (Call)ctx.get_data(CallKey);
        using var scope = NewDisposeScope();
        try
        {
            Tensor images = ctx.get_saved_variables()[0];
            Tensor losses = call.Graph(images);
            Tensor gradient = autograd.grad([losses], [images], [incoming], retain_graph: true, create_graph: true)[0];
            return gradient.MoveToOuterDisposeScope();
        }
        catch (Exception e)
        {
            // An exception would have to cross native code, which ends the process. NaN cannot be overlooked, and the loss throws at its
            // next call.
            call.Fault.Keep(e);
            return plain.Filled(double.NaN).MoveToOuterDisposeScope();
        }
    }

    private sealed record Call(Tensor Losses, Func<Tensor, Tensor> Graph, DeferredFault Fault);
}
