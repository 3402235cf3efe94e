// Compiled by MSBuild when a project that runs TorchSharp is built on Linux (see Mdf.Core.targets), and by this repository's tests.
// It must compile as C# 7.3 against netstandard2.0 and stand in one file: MSBuild's inline task factory takes no more.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Build.Framework;

namespace Mdf.Build
{
    /// <summary>Makes a copy of TorchSharp's native library that loads where libstdc++ is older than GCC 13's.</summary>
    public sealed class TorchSharpNativeCompatibility : Microsoft.Build.Utilities.Task
    {
        /// <summary>The library as the package delivers it. Read, never written.</summary>
        [Required]
        public string Source { get; set; }

        /// <summary>Where the relaxed copy goes.</summary>
        [Required]
        public string Destination { get; set; }

        /// <summary>Make the copy also where this machine would not need it (to deploy to one that does).</summary>
        public bool Always { get; set; }

        /// <summary>Whether <see cref="Destination"/> stands and is to be used in place of <see cref="Source"/>.</summary>
        [Output]
        public bool Relaxed { get; set; }

        /// <inheritdoc/>
        public override bool Execute()
        {
            if (!Always && StandardCppLibrary.Provides(ElfVersionRelaxation.Symbol, ElfVersionRelaxation.Version))
            {
                return true;
            }

            try
            {
                byte[] image = File.ReadAllBytes(Source);
                if (!ElfVersionRelaxation.Relax(image))
                {
                    return true;
                }

                Relaxed = true;
                if (File.Exists(Destination) && File.ReadAllBytes(Destination).SequenceEqual(image))
                {
                    return true;
                }

                Write(image);
                Log.LogMessage(
                    MessageImportance.High,
                    "Mdf: the output gets a copy of TorchSharp's {0} without its need of {1}, {2}.",
                    Path.GetFileName(Source),
                    ElfVersionRelaxation.Version,
                    Always
                        ? "as MdfNativeCompatibility=always asks"
                        : "which this machine's libstdc++ lacks (MdfNativeCompatibility=never turns this off)");
                return true;
            }
            catch (ElfLayoutException e)
            {
                Log.LogError(
                    null, "MDF0001", null, Source, 0, 0, 0, 0,
                    "TorchSharp's native library asks for the libstdc++ of GCC 13 ({0}), and it cannot be adapted to an older one: " +
                    "{1} Install a newer libstdc++6 (Debian 13 and Ubuntu 24.04 have it; Ubuntu 22.04 gets it from " +
                    "ppa:ubuntu-toolchain-r/test, conda as libstdcxx-ng), or set the property MdfNativeCompatibility to 'never' and " +
                    "provide it at run time.",
                    ElfVersionRelaxation.Version,
                    e.Message);
                return false;
            }
            catch (Exception e) when (e is IOException || e is UnauthorizedAccessException)
            {
                Log.LogError(
                    null, "MDF0003", null, Source, 0, 0, 0, 0,
                    "The adapted copy of TorchSharp's native library could not be made at '{0}': {1}",
                    Destination,
                    e.Message);
                return false;
            }
        }

        /// <summary>
        /// A new file takes the old one's place: the output folder may hold a hard link to the old one, and may be in use.
        /// </summary>
        private void Write(byte[] image)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Destination));
            string temporary = Destination + "." + Guid.NewGuid().ToString("N");
            try
            {
                File.WriteAllBytes(temporary, image);
                if (File.Exists(Destination))
                {
                    File.Replace(temporary, Destination, null);
                }
                else
                {
                    File.Move(temporary, Destination);
                }
            }
            finally
            {
                File.Delete(temporary);
            }
        }
    }

    /// <summary>The ELF file is not laid out as expected, so it was left alone.</summary>
    public sealed class ElfLayoutException : Exception
    {
        /// <summary>Says what was found and what was expected.</summary>
        public ElfLayoutException(string message)
            : base(message)
        {
        }
    }

    /// <summary>Asks the dynamic linker what this machine's libstdc++ provides.</summary>
    public static class StandardCppLibrary
    {
        private const int Lazy = 1;

        /// <summary>
        /// Whether libstdc++ defines a symbol at a version. True also where it cannot be asked
        /// (musl, no libstdc++): nothing that could be done here would help there.
        /// </summary>
        public static bool Provides(string symbol, string version)
        {
            try
            {
                IntPtr library = dlopen("libstdc++.so.6", Lazy);
                return library == IntPtr.Zero || dlvsym(library, symbol, version) != IntPtr.Zero;
            }
            catch (DllNotFoundException)
            {
                return true;
            }
            catch (EntryPointNotFoundException)
            {
                return true;
            }
        }

        [DllImport("libdl.so.2")]
        private static extern IntPtr dlopen(string fileName, int flags);

        [DllImport("libdl.so.2")]
        private static extern IntPtr dlvsym(IntPtr handle, string symbol, string version);
    }

    /// <summary>
    /// Frees a 64-bit little-endian ELF image from the symbol version GLIBCXX_3.4.32 (GCC 13). Its one use is a call without
    /// arguments that makes sure the standard streams are initialised, which libtorch has done by the time it runs. Three edits:
    /// the undefined symbol becomes unversioned, it takes the name of a C library function that is harmless when so called,
    /// and the need of the version becomes weak, which the dynamic linker then does not insist on.
    /// </summary>
    public static class ElfVersionRelaxation
    {
        /// <summary>The symbol version to do without.</summary>
        public const string Version = "GLIBCXX_3.4.32";

        /// <summary>The one symbol of that version the library may use.</summary>
        public const string Symbol = "_ZSt21ios_base_library_initv";

        // A name the string table already ends another one with ("THSTensor_abs"), so that the file keeps its size.
        private const string HarmlessName = "abs";

        private const uint Absent = 0, Zeroes = 8, DynamicSymbols = 11, VersionNeeds = 0x6ffffffe, SymbolVersions = 0x6fffffff;
        private const ushort Unversioned = 1, Weak = 2, HiddenBit = 0x8000;

        /// <summary>Edits the image in place. False: it does not insist on the version, and nothing was changed.</summary>
        public static bool Relax(byte[] image)
        {
            var elf = new Reader(image);
            if (image.Length < 64 || elf.U32(0) != 0x464c457f || image[4] != 2 || image[5] != 1)
            {
                throw new ElfLayoutException("it is not a 64-bit little-endian ELF file.");
            }

            Section[] sections = elf.Sections();
            Section needs = sections.FirstOrDefault(s => s.Type == VersionNeeds);
            if (needs == null)
            {
                return false;
            }

            Section symbols = Single(sections, DynamicSymbols, "dynamic symbol table");
            Section versions = Single(sections, SymbolVersions, "symbol version table");
            Section needNames = elf.Linked(sections, needs);
            Section symbolNames = elf.Linked(sections, symbols);

            List<int> auxiliaries = elf.VersionNeeds(needs)
                .Where(a => elf.Name(needNames, elf.U32(a + 8)) == Version && (elf.U16(a + 4) & Weak) == 0)
                .ToList();
            if (auxiliaries.Count == 0)
            {
                return false;
            }

            List<int> indices = auxiliaries.Select(a => elf.U16(a + 6) & ~HiddenBit).ToList();
            int symbolCount = elf.Extent(symbols) / 24;
            if (elf.Extent(versions) / 2 != symbolCount)
            {
                throw new ElfLayoutException("its symbols and their versions differ in number.");
            }

            List<int> users = Enumerable.Range(0, symbolCount)
                .Where(i => indices.Contains(elf.U16(versions.Offset + (2L * i)) & ~HiddenBit))
                .ToList();
            string other = users.Select(i => elf.Name(symbolNames, elf.U32(symbols.Offset + (24L * i)))).FirstOrDefault(n => n != Symbol);
            if (other != null)
            {
                throw new ElfLayoutException("it uses " + other + " of " + Version + ", where only " + Symbol + " was expected.");
            }

            uint harmless = elf.Find(symbolNames, HarmlessName);
            foreach (int user in users)
            {
                elf.Put32(symbols.Offset + (24L * user), harmless);
                elf.Put16(versions.Offset + (2L * user), Unversioned);
            }

            foreach (int auxiliary in auxiliaries)
            {
                elf.Put16(auxiliary + 4, (ushort)(elf.U16(auxiliary + 4) | Weak));
            }

            return true;
        }

        private static Section Single(Section[] sections, uint type, string what)
        {
            Section[] found = sections.Where(s => s.Type == type).ToArray();
            if (found.Length != 1)
            {
                throw new ElfLayoutException("it has " + found.Length + " sections of the kind " + what + ", where one was expected.");
            }

            return found[0];
        }

        private sealed class Section
        {
            public uint Type;
            public uint Link;
            public long Offset;
            public long Size;
        }

        /// <summary>Every access is checked against the image.</summary>
        private sealed class Reader
        {
            private readonly byte[] image;

            public Reader(byte[] image)
            {
                this.image = image;
            }

            public ushort U16(long at)
            {
                return BitConverter.ToUInt16(image, Checked(at, 2));
            }

            public uint U32(long at)
            {
                return BitConverter.ToUInt32(image, Checked(at, 4));
            }

            public void Put16(long at, ushort value)
            {
                BitConverter.GetBytes(value).CopyTo(image, Checked(at, 2));
            }

            public void Put32(long at, uint value)
            {
                BitConverter.GetBytes(value).CopyTo(image, Checked(at, 4));
            }

            public Section[] Sections()
            {
                long table = S64(0x28);
                int entrySize = U16(0x3A), count = U16(0x3C);
                if (entrySize != 64 || count == 0)
                {
                    throw new ElfLayoutException("its section table is missing or of an unknown form.");
                }

                Checked(table, 64L * count);
                Section[] sections = Enumerable.Range(0, count).Select(i => table + (64L * i)).Select(at => new Section
                {
                    Type = U32(at + 4),
                    Offset = S64(at + 24),
                    Size = S64(at + 32),
                    Link = U32(at + 40),
                }).ToArray();
                foreach (Section section in sections.Where(s => s.Type != Absent && s.Type != Zeroes))
                {
                    Checked(section.Offset, section.Size);
                }

                return sections;
            }

            public Section Linked(Section[] sections, Section from)
            {
                if (from.Link >= sections.Length)
                {
                    throw new ElfLayoutException("a section names a string table that is not there.");
                }

                return sections[from.Link];
            }

            /// <summary>Offsets of the auxiliary entries: one for each version asked of each library.</summary>
            public IEnumerable<int> VersionNeeds(Section needs)
            {
                // Entries do not share bytes. Were that not checked, one that names itself as the next would be read forever.
                int room = Extent(needs) / 16;
                long need = needs.Offset;
                while (true)
                {
                    Entry(needs, need);
                    long auxiliary = need + U32(need + 8);
                    for (int left = U16(need + 2); left > 0; left--)
                    {
                        if (--room < 0)
                        {
                            throw new ElfLayoutException("its table of version needs is longer than its section.");
                        }

                        yield return Entry(needs, auxiliary);
                        auxiliary += U32(auxiliary + 12);
                    }

                    uint next = U32(need + 12);
                    if (next == 0)
                    {
                        yield break;
                    }

                    need += next;
                }
            }

            public string Name(Section names, uint offset)
            {
                int size = Extent(names);
                if (offset >= size)
                {
                    throw new ElfLayoutException("a name lies outside its string table.");
                }

                int start = (int)(names.Offset + offset);
                int end = Array.IndexOf(image, (byte)0, start, (int)(size - offset));
                if (end < 0)
                {
                    throw new ElfLayoutException("a name has no end.");
                }

                return Encoding.ASCII.GetString(image, start, end - start);
            }

            /// <summary>The offset in a string table of a name that stands there, be it as the tail of a longer one.</summary>
            public uint Find(Section names, string name)
            {
                byte[] wanted = Encoding.ASCII.GetBytes(name + "\0");
                int end = Extent(names) + (int)names.Offset - wanted.Length;
                int start = (int)names.Offset;
                for (int at = start; at <= end; at++)
                {
                    int matching = 0;
                    while (matching < wanted.Length && image[at + matching] == wanted[matching])
                    {
                        matching++;
                    }

                    if (matching == wanted.Length)
                    {
                        return (uint)(at - start);
                    }
                }

                throw new ElfLayoutException("its string table has no name ending in '" + name + "'.");
            }

            /// <summary>The size of a section, which lies inside the image.</summary>
            public int Extent(Section section)
            {
                Checked(section.Offset, section.Size);
                return (int)section.Size;
            }

            private static int Entry(Section needs, long at)
            {
                if (at < needs.Offset || at > needs.Offset + needs.Size - 16)
                {
                    throw new ElfLayoutException("an entry of its table of version needs lies outside the table.");
                }

                return (int)at;
            }

            private long S64(long at)
            {
                return BitConverter.ToInt64(image, Checked(at, 8));
            }

            private int Checked(long at, long length)
            {
                if (at < 0 || length < 0 || at > image.Length - length)
                {
                    throw new ElfLayoutException("it points outside itself, at " + at + ".");
                }

                return (int)at;
            }
        }
    }
}
