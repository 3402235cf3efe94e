using Mdf.Testing;

namespace Mdf.Packaging.Tests.Documents;

/// <summary>Runs the code blocks of the documents, each as a program of its own, in a folder with a few images.</summary>
public sealed class CodeBlockRunTests(CodeBlockRunTests.Programs programs) : IClassFixture<CodeBlockRunTests.Programs>
{
    // What a newcomer reads first is run always, the rest where tests run in full.
    private static readonly string[] First = ["README.md", "docs/getting-started.md"];

    public static TheoryData<string, int> Blocks => new(
        from path in RepositoryFiles.Documents()
        let document = RepositoryFiles.Relative(path)
        where TestLength.IsFull || First.Contains(document)
        from block in CodeBlock.In(document, File.ReadAllText(path))
        where block.IsRun
        select (document, block.Line));

    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task Run_AsPasted_EndsWell(string document, int line)
    {
        string text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, document), TestContext.Current.CancellationToken);
        DotNet.Result result = await programs.RunAsync(CodeBlock.In(document, text).Single(b => b.Line == line));
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.NotEmpty(result.Output.Trim());
    }

    /// <summary>
    /// A folder for programs, which finds the libraries and libtorch beside a sample, and a folder with images to run them in.
    /// </summary>
    public sealed class Programs : IAsyncLifetime
    {
        private const string MakeImages = """
            using Mdf.Imaging;
            void Write(string path, int width, int height, int seed)
            {
                using var image = SyntheticImage.DeadLeaves(width, height, seed: seed);
                ImageFile.Write(path, image);
            }
            Write("photo.jpg", 128, 96, 1);
            Write("reference.png", 96, 96, 2);
            Write("restored.jpg", 96, 96, 2);
            using (var restored = ImageFile.Read("restored.jpg")) ImageFile.Write("restored.png", restored);
            File.Delete("restored.jpg");
            foreach (string folder in new[] { "photos", "held-out" })
            {
                Directory.CreateDirectory(folder);
                for (int i = 0; i < 4; i++) Write($"{folder}/{i}.png", 96, 96, folder.Length + i);
            }
            Console.WriteLine("made");
            """;

        private readonly TemporaryFolder programs = new();
        private readonly TemporaryFolder images = new();
        private int count;

        public async ValueTask InitializeAsync()
        {
            string sample = Path.Combine(Repository.Root, "samples", "Quickstart", "bin", BuildFacts.Configuration, "net10.0");
            foreach (string entry in Directory.EnumerateFileSystemEntries(sample))
            {
                File.CreateSymbolicLink(programs.PathOf(Path.GetFileName(entry)), entry);
            }

            DotNet.Result made = await RunAsync(new CodeBlock("images", 1, MakeImages, IsRun: true));
            Assert.True(made.ExitCode == 0, made.ToString());
        }

        public ValueTask DisposeAsync()
        {
            programs.Dispose();
            images.Dispose();
            return ValueTask.CompletedTask;
        }

        internal Task<DotNet.Result> RunAsync(CodeBlock block)
        {
            string name = $"Block{++count}";
            CodeBlockCompiler.Emit(block, programs.PathOf($"{name}.dll"));
            foreach (string kind in (string[])["runtimeconfig", "deps"])
            {
                File.Copy(programs.PathOf($"Quickstart.{kind}.json"), programs.PathOf($"{name}.{kind}.json"));
            }

            return new DotNet(images.FullName).RunAsync(programs.PathOf($"{name}.dll"));
        }
    }
}
