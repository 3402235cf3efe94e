using Mdf.Distributed.Mpi;

namespace Mdf.Distributed.Tests.Mpi;

public sealed class MpiLibraryTests
{
    [Theory]
    [InlineData("Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4", true, false, "OpenMpi")]
    [InlineData("MPICH Version:\t4.0.2", false, false, "Mpich")]
    [InlineData("Intel(R) MPI Library 2021.12 for Linux* OS", false, false, "Mpich")]
    [InlineData("MVAPICH2 Version      :\t2.3.7", false, false, "Mpich")]
    [InlineData("MPI VERSION    : CRAY MPICH version 8.1.28", false, false, "Mpich")]
    [InlineData("MPICH Version:\t5.0.0", false, true, "Standard")]
    [InlineData("Open MPI v4.1.4", false, false, null)]
    [InlineData("LAM/MPI", false, false, null)]
    public void KindOf_DescriptionsOfLibraries_AreToldApart(string version, bool hasObjects, bool isStandard, string? expected) =>
        Assert.Equal(expected, MpiLibrary.KindOf(version, hasObjects, isStandard)?.ToString());

    [Fact]
    public void Find_NoSuchFile_NamesTheVariable()
    {
        string message = Assert.Throws<ProcessGroupException>(() => MpiLibrary.Find("libnothing.so.1", preferred: null)).Message;
        Assert.StartsWith(
            "MDF_MPI_LIBRARY is 'libnothing.so.1', which cannot be loaded; expected an MPI library", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_LibraryOfAnotherKind_NamesWhatIsMissing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "takes the C library of Linux");
        string message = Assert.Throws<ProcessGroupException>(() => MpiLibrary.Find("libc.so.6", preferred: null)).Message;
        Assert.StartsWith("'libc.so.6' is no complete MPI library: ", message, StringComparison.Ordinal);
        Assert.Contains("MPI_Get_library_version", message, StringComparison.Ordinal);
    }
}
