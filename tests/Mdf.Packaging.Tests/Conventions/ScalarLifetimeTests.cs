using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Mdf.Testing;

namespace Mdf.Packaging.Tests.Conventions;

/// <summary>
/// Numbers that TorchSharp hands to libtorch without keeping them alive (docs/workarounds.md) are used in one class alone, which keeps
/// them. Training steps that meet a garbage collection at the wrong moment fail otherwise, about once in a hundred thousand.
/// </summary>
public sealed class ScalarLifetimeTests
{
    private const string Keeper = "ScalarArithmetic";
    private const byte Call = 0x28, CallVirtual = 0x6F;

    public static TheoryData<string> Libraries =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(project => Path.GetFileNameWithoutExtension(project)!)
            .Where(name => File.Exists(FileOf(name)))
            .Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Library_Calls_KeepTheirNumbersAlive(string name)
    {
        using var file = new PEReader(File.OpenRead(FileOf(name)));
        MetadataReader reader = file.GetMetadataReader();
        Dictionary<int, string> fleeting = reader.MemberReferences
            .Where(handle => IsFleeting(reader, reader.GetMemberReference(handle)))
            .ToDictionary(handle => MetadataTokens.GetToken(handle), handle => reader.GetString(reader.GetMemberReference(handle).Name));
        var found = new List<string>();
        foreach (MethodDefinition method in reader.MethodDefinitions.Select(reader.GetMethodDefinition))
        {
            TypeDefinition type = reader.GetTypeDefinition(method.GetDeclaringType());
            if (method.RelativeVirtualAddress == 0 || reader.GetString(type.Name) == Keeper)
            {
                continue;
            }

            byte[] code = file.GetMethodBody(method.RelativeVirtualAddress).GetILBytes()!;
            for (int i = 0; i + sizeof(int) < code.Length; i++)
            {
                if (code[i] is Call or CallVirtual && fleeting.TryGetValue(BitConverter.ToInt32(code, i + 1), out string? member))
                {
                    found.Add($"{reader.GetString(type.Name)}.{reader.GetString(method.Name)} calls {member}");
                }
            }
        }

        Assert.Empty(found);
    }

    [Fact]
    public void Libraries_All_AreThere() => Assert.True(Libraries.Count >= 4);

    private static string FileOf(string library) => Path.Combine(AppContext.BaseDirectory, $"{library}.dll");

    // Conversions of numbers, operators between tensors and numbers, and sums of tensors, which TorchSharp multiplies by a number.
    private static bool IsFleeting(MetadataReader reader, MemberReference member)
    {
        if (member.Parent.Kind != HandleKind.TypeReference)
        {
            return false;
        }

        string type = reader.GetString(reader.GetTypeReference((TypeReferenceHandle)member.Parent).Name);
        string name = reader.GetString(member.Name);
        return (type, name) switch
        {
            ("Scalar", "op_Implicit") => true,
            ("Tensor", "op_Addition") => true,
            ("Tensor", "op_Subtraction" or "op_Multiply" or "op_Division" or "op_Modulus") => HasNumber(reader, member),
            ("Tensor", "square" or "square_") => true,
            ("functional", "softplus" or "leaky_relu" or "elu" or "hardtanh") => true,
            _ => false,
        };
    }

    private static bool HasNumber(MetadataReader reader, MemberReference member)
    {
        BlobReader signature = reader.GetBlobReader(member.Signature);
        signature.ReadSignatureHeader();
        int types = signature.ReadCompressedInteger() + 1;
        bool hasNumber = false;
        for (int i = 0; i < types; i++)
        {
            if (signature.ReadSignatureTypeCode() == SignatureTypeCode.TypeHandle)
            {
                signature.ReadTypeHandle();
            }
            else
            {
                hasNumber = true;
            }
        }

        return hasNumber;
    }
}
