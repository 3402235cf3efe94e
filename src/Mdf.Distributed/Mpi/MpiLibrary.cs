using System.Runtime.InteropServices;
using System.Text;

namespace Mdf.Distributed.Mpi;

/// <summary>A loaded MPI library.</summary>
/// <param name="Name">The name it was found by.</param>
/// <param name="Version">First line of what <c>MPI_Get_library_version</c> says.</param>
/// <param name="Handles">The constants of its binary interface.</param>
/// <param name="Functions">Its functions.</param>
internal sealed record MpiLibrary(string Name, string Version, MpiHandles Handles, MpiFunctions Functions)
{
    private const int LongestVersion = 8192;

    private static readonly (MpiKind Kind, string[] Names)[] Candidates =
    [
        (MpiKind.OpenMpi, ["libmpi.so.40", "libmpi.40.dylib"]),
        (MpiKind.Mpich, ["libmpich.so.12", "libmpi.so.12", "libmpi.12.dylib"]),
        (MpiKind.Standard, ["libmpi_abi.so.0", "libmpi_abi.so", "libmpi_abi.0.dylib"]),
    ];

    private static readonly string[] Relatives = ["MPICH", "Intel(R) MPI", "MVAPICH"];

    // Links of development packages, to whatever library the system prefers.
    private static readonly string[] General = ["libmpi.so", "libmpi.dylib"];

    /// <summary>Loads the library that is named, or else the first one found.</summary>
    /// <param name="named">Path or name of the library; null to search.</param>
    /// <param name="preferred">Kind to look for first; null for the usual order.</param>
    /// <exception cref="ProcessGroupException">No library was found, or it cannot be used; the message says why.</exception>
    public static MpiLibrary Find(string? named, MpiKind? preferred)
    {
        CrashSignals.LeaveToDotNet();
        string[] names = named is not null ? [named] : Names(preferred);
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out nint library))
            {
                return Open(name, library);
            }
        }

        string variable = ProcessGroup.LibraryVariable;
        throw new ProcessGroupException(named is not null
            ? $"{variable} is '{named}', which cannot be loaded; expected an MPI library, such as libmpi.so.40 of Open MPI or "
                + "libmpich.so.12 of MPICH, as a path or a name that the system finds."
            : $"No MPI library was found; looked for {string.Join(", ", names)} where the system looks for libraries. Install one "
                + $"(Debian: openmpi-bin or mpich), load the cluster's module, or name its path in {variable}.");
    }

    /// <summary>Returns the kind of a library by its own description; null if it is unknown.</summary>
    /// <param name="version">What <c>MPI_Get_library_version</c> says.</param>
    /// <param name="hasOpenMpiObjects">Whether the library exports Open MPI's objects.</param>
    /// <param name="isStandard">Whether the library says that it has the standard interface of MPI 5.</param>
    public static MpiKind? KindOf(string version, bool hasOpenMpiObjects, bool isStandard) =>
        isStandard ? MpiKind.Standard
        : version.StartsWith("Open MPI", StringComparison.Ordinal) && hasOpenMpiObjects ? MpiKind.OpenMpi
        : Relatives.Any(name => version.Contains(name, StringComparison.Ordinal)) ? MpiKind.Mpich
        : null;

    private static string[] Names(MpiKind? preferred) =>
    [
        .. Candidates.OrderByDescending(c => c.Kind == preferred).SelectMany(c => c.Names).Concat(General).Where(IsOfThisSystem),
    ];

    private static bool IsOfThisSystem(string name) => name.EndsWith(".dylib", StringComparison.Ordinal) == OperatingSystem.IsMacOS();

    private static MpiLibrary Open(string name, nint library)
    {
        try
        {
            byte[] text = new byte[LongestVersion + 1];
            MpiFunctions.Load<MpiFunctions.GetLibraryVersion>(library, "MPI_Get_library_version")(text, out int length);
            string version = Encoding.UTF8.GetString(text, 0, Math.Clamp(length, 0, LongestVersion)).TrimEnd('\0').Split('\n')[0].Trim();
            bool hasObjects = NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out _);
            MpiKind kind = KindOf(version, hasObjects, IsStandard(library)) ?? throw new ProcessGroupException(
                $"'{name}' is an MPI library of an unknown kind, '{version}'; expected Open MPI, MPICH, Intel MPI, MVAPICH or a library "
                + $"with the standard interface of MPI 5. Name another one in {ProcessGroup.LibraryVariable}.");
            return new MpiLibrary(name, version, MpiHandles.Of(kind, library), new MpiFunctions(library));
        }
        catch (EntryPointNotFoundException e)
        {
            throw new ProcessGroupException(
                $"'{name}' is no complete MPI library: {e.Message} Name another one in {ProcessGroup.LibraryVariable}.", e);
        }
    }

    // Through its own interface a library of MPI 5 gives -1, through the standard one the version of that.
    private static bool IsStandard(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, "MPI_Abi_get_version", out nint address))
        {
            return false;
        }

        int status = Marshal.GetDelegateForFunctionPointer<MpiFunctions.GetInterfaceVersion>(address)(out int major, out _);
        return status == 0 && major >= 1;
    }
}
