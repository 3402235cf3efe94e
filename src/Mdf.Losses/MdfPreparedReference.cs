using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>A reference's features, computed once by <see cref="MdfLoss.Prepare"/> and used in any number of calls of that loss.</summary>
public sealed class MdfPreparedReference : PreparedReference
{
    internal MdfPreparedReference(MdfLoss owner, Tensor reference, Tensor[][] features)
        : base(owner, reference, features)
    {
    }
}
