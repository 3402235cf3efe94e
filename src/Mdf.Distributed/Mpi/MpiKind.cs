namespace Mdf.Distributed.Mpi;

/// <summary>Binary interface of an MPI library.</summary>
internal enum MpiKind
{
    /// <summary>Handles are addresses of exported objects.</summary>
    OpenMpi,

    /// <summary>Handles are integer constants: MPICH, and relatives with its interface (Intel MPI, MVAPICH, Cray MPICH).</summary>
    Mpich,

    /// <summary>The standard interface of MPI 5: handles are constants in pointers.</summary>
    Standard,
}
