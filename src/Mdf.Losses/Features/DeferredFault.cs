namespace Mdf.Losses.Features;

/// <summary>Keeps an exception that could not be thrown on a callback from libtorch until the loss is called again.</summary>
internal sealed class DeferredFault
{
    private Exception? cause;

    /// <summary>Keeps an exception, unless an earlier one is waiting.</summary>
    public void Keep(Exception exception) => Interlocked.CompareExchange(ref cause, exception, null);

    /// <summary>Throws the exception that is kept, once.</summary>
    /// <exception cref="InvalidOperationException">The gradient of an earlier call could not be computed.</exception>
    public void Throw()
    {
        if (Interlocked.Exchange(ref cause, null) is { } exception)
        {
            throw new InvalidOperationException(
                "The differentiable gradient (create_graph) of an earlier call of this loss could not be computed and is NaN. "
                + "The images must not be changed in place, nor the loss disposed, before the way back. "
                + $"libtorch's message: {exception.Message}",
                exception);
        }
    }
}
