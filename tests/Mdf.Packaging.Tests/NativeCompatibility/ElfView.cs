using System.Buffers.Binary;
using System.Text;

namespace Mdf.Packaging.Tests.NativeCompatibility;

/// <summary>
/// Reads an ELF image the way the dynamic linker does, from its dynamic segment, whereas the code under test goes by the section table.
/// </summary>
internal sealed class ElfView
{
    private const ulong StringTable =
        5, SymbolTable = 6, SymbolVersions = 0x6ffffff0, VersionNeeds = 0x6ffffffe, VersionNeedCount = 0x6fffffff;

    private readonly byte[] image;
    private readonly Dictionary<ulong, ulong> dynamic = [];

    public ElfView(byte[] image)
    {
        this.image = image;
        int header = ProgramHeaders().Single(h => U32(h) == 2);
        for (int at = (int)U64(header + 8); U64(at) != 0; at += 16)
        {
            dynamic.TryAdd(U64(at), U64(at + 8));
        }
    }

    /// <summary>The versions asked of other libraries, with the place of their flags and whether the linker insists on them.</summary>
    public IEnumerable<(string Version, int Index, bool Strong, int At)> Needs()
    {
        int need = OffsetOf(VersionNeeds);
        for (ulong left = dynamic[VersionNeedCount]; left > 0; left--)
        {
            int auxiliary = need + (int)U32(need + 8);
            for (int i = 0; i < U16(need + 2); i++)
            {
                yield return (Name(U32(auxiliary + 8)), U16(auxiliary + 6), (U16(auxiliary + 4) & 2) == 0, auxiliary);
                auxiliary += (int)U32(auxiliary + 12);
            }

            need += (int)U32(need + 12);
        }
    }

    /// <summary>
    /// The dynamic symbols, with their place, their version's place and index, and whether they are to be found elsewhere.
    /// </summary>
    public IEnumerable<(string Name, int At, int VersionAt, int Version, bool Undefined)> Symbols()
    {
        int symbols = OffsetOf(SymbolTable), versions = OffsetOf(SymbolVersions);

        // Nothing in the dynamic segment says how many there are; the string table follows them in every image a GNU linker makes.
        for (int i = 0; symbols + (24 * i) < OffsetOf(StringTable); i++)
        {
            int at = symbols + (24 * i), version = versions + (2 * i);
            yield return (Name(U32(at)), at, version, U16(version), U16(at + 6) == 0);
        }
    }

    private IEnumerable<int> ProgramHeaders() => Enumerable.Range(0, U16(0x38)).Select(i => (int)U64(0x20) + (56 * i));

    private int OffsetOf(ulong tag)
    {
        ulong address = dynamic[tag];
        int segment = ProgramHeaders().Single(h => U32(h) == 1 && address >= U64(h + 16) && address < U64(h + 16) + U64(h + 32));
        return (int)(address - U64(segment + 16) + U64(segment + 8));
    }

    private string Name(uint offset)
    {
        int start = OffsetOf(StringTable) + (int)offset;
        return Encoding.ASCII.GetString(image, start, Array.IndexOf(image, (byte)0, start) - start);
    }

    private ushort U16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(at));

    private uint U32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(at));

    private ulong U64(int at) => BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(at));
}
