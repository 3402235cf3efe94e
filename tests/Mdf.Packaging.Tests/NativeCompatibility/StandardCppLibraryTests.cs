using Mdf.Build;

namespace Mdf.Packaging.Tests.NativeCompatibility;

public sealed class StandardCppLibraryTests
{
    // std::ios_base::Init::Init(), which every libstdc++ of this century has.
    private const string OldSymbol = "_ZNSt8ios_base4InitC1Ev";

    [Theory]
    [InlineData(OldSymbol, "GLIBCXX_3.4", true)]
    [InlineData(OldSymbol, "GLIBCXX_99.99", false)]
    [InlineData("no_such_symbol", "GLIBCXX_3.4", false)]
    public void Provides_SymbolAndVersion_AnswersForBothTogether(string symbol, string version, bool expected)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("libstdc++ is asked on Linux only");
        }

        Assert.Equal(expected, StandardCppLibrary.Provides(symbol, version));
    }
}
