using System.Globalization;

namespace Mdf.Distributed.Mpi;

/// <summary>The program that started this process, told by its environment variables.</summary>
/// <param name="Name">Name for messages; null if there is none.</param>
/// <param name="Kind">Kind of library that the launcher belongs to; null if it does not tell.</param>
/// <param name="Size">Number of processes it started; null if it does not tell.</param>
/// <param name="LocalRank">Number of this process among those of its machine; null if the launcher does not tell.</param>
internal sealed record Launcher(string? Name, MpiKind? Kind, int? Size, int? LocalRank)
{
    /// <summary>Recognises the launcher.</summary>
    /// <param name="variable">Returns the value of an environment variable, or null.</param>
    public static Launcher Detect(Func<string, string?> variable)
    {
        if (Number("OMPI_COMM_WORLD_SIZE") is { } open)
        {
            return new Launcher("Open MPI's mpirun", MpiKind.OpenMpi, open, Number("OMPI_COMM_WORLD_LOCAL_RANK"));
        }

        // Slurm's srun sets PMI_RANK too, by --mpi=pmi2; Hydra, the launcher of MPICH and Intel MPI, sets MPI_LOCALRANKID besides.
        if (Number("PMI_SIZE") is { } hydra && Number("MPI_LOCALRANKID") is { } local)
        {
            return new Launcher("MPICH's mpiexec", MpiKind.Mpich, hydra, local);
        }

        if (Number("SLURM_PROCID") is not null && Number("SLURM_STEP_NUM_TASKS") is { } tasks)
        {
            MpiKind? kind = variable("PMIX_RANK") is not null ? MpiKind.OpenMpi
                : variable("PMI_RANK") is not null ? MpiKind.Mpich
                : null;
            return new Launcher("srun", kind, tasks, Number("SLURM_LOCALID"));
        }

        return new Launcher(null, null, null, null);

        int? Number(string name) =>
            int.TryParse(variable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
    }
}
