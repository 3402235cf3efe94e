using System.Runtime.InteropServices;

namespace Mdf.Distributed.Mpi;

/// <summary>The constants of a binary interface.</summary>
/// <remarks>
/// MPICH's handles are C integers. They are passed as pointers here, because the calling conventions of 64-bit systems hand both over in a
/// whole register, of which the library reads the lower half.
/// </remarks>
/// <param name="World">MPI_COMM_WORLD.</param>
/// <param name="Float">MPI_FLOAT.</param>
/// <param name="Bytes">MPI_BYTE.</param>
/// <param name="Sum">MPI_SUM.</param>
/// <param name="InPlace">MPI_IN_PLACE.</param>
/// <param name="Funneled">MPI_THREAD_FUNNELED.</param>
internal sealed record MpiHandles(nint World, nint Float, nint Bytes, nint Sum, nint InPlace, int Funneled)
{
    /// <summary>Returns the constants of a loaded library.</summary>
    /// <exception cref="EntryPointNotFoundException">The library lacks an object of Open MPI.</exception>
    public static MpiHandles Of(MpiKind kind, nint library) => kind switch
    {
        MpiKind.OpenMpi => new MpiHandles(
            NativeLibrary.GetExport(library, "ompi_mpi_comm_world"),
            NativeLibrary.GetExport(library, "ompi_mpi_float"),
            NativeLibrary.GetExport(library, "ompi_mpi_byte"),
            NativeLibrary.GetExport(library, "ompi_mpi_op_sum"),
            InPlace: 1,
            Funneled: 1),
        MpiKind.Mpich => new MpiHandles(0x44000000, 0x4c00040a, 0x4c00010d, 0x58000003, InPlace: -1, Funneled: 1),
        _ => new MpiHandles(0x101, 0x210, 0x247, 0x21, InPlace: 1, Funneled: 1024),
    };
}
