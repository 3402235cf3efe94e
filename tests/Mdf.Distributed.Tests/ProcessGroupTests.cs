using Mdf.Training;

namespace Mdf.Distributed.Tests;

public sealed class ProcessGroupTests
{
    [Fact]
    public void Single_Exchanges_ChangeNothing()
    {
        IProcessGroup group = ProcessGroup.Single;
        float[] values = [1, 2.5f];
        group.Average(values);
        group.Broadcast([1, 2], root: 0);
        group.Barrier();
        Assert.Equal([1, 2.5f], values);
        Assert.Equal((0, 1, 0), (group.Rank, group.Size, group.LocalRank));
        Assert.Throws<ArgumentOutOfRangeException>(() => group.Broadcast([1], root: 1));
    }
}
