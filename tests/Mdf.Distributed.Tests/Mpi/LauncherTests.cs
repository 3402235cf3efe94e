using Mdf.Distributed.Mpi;

namespace Mdf.Distributed.Tests.Mpi;

public sealed class LauncherTests
{
    [Fact]
    public void Detect_OpenMpi_TakesItsVariables() => Assert.Equal(
        new Launcher("Open MPI's mpirun", MpiKind.OpenMpi, 4, 2),
        Detect("OMPI_COMM_WORLD_SIZE=4", "OMPI_COMM_WORLD_LOCAL_RANK=2", "PMIX_RANK=2", "SLURM_PROCID=0", "SLURM_STEP_NUM_TASKS=1"));

    [Fact]
    public void Detect_Hydra_TakesItsVariables() => Assert.Equal(
        new Launcher("MPICH's mpiexec", MpiKind.Mpich, 8, 3), Detect("PMI_SIZE=8", "PMI_RANK=7", "MPI_LOCALRANKID=3"));

    [Theory]
    [InlineData("PMIX_RANK=1", MpiKind.OpenMpi)]
    [InlineData("PMI_RANK=1", MpiKind.Mpich)]
    public void Detect_Slurm_PrefersTheLibraryOfItsInterface(string variable, object kind) => Assert.Equal(
        new Launcher("srun", (MpiKind)kind, 16, 5), Detect("SLURM_PROCID=13", "SLURM_STEP_NUM_TASKS=16", "SLURM_LOCALID=5", variable));

    [Fact]
    public void Detect_ScriptOfSlurmOrNothing_IsNoLauncher()
    {
        Assert.Equal(new Launcher(null, null, null, null), Detect());
        Assert.Null(Detect("SLURM_NTASKS=4", "SLURM_PROCID=0").Size);
    }

    private static Launcher Detect(params string[] variables)
    {
        var values = variables.Select(v => v.Split('=')).ToDictionary(v => v[0], v => v[1]);
        return Launcher.Detect(name => values.GetValueOrDefault(name));
    }
}
