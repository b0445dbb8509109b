using System.Diagnostics;
using System.Text;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Structure;

/// <summary>Which native library a build carries, and what it asks of the system's libstdc++.</summary>
public sealed class NativeLibraryTests
{
    private const string Newest = "GLIBCXX_3.4.32"; // gcc 13; Debian 12 and Ubuntu 22.04 have 3.4.30
    private const ushort Weak = 2;

    [Fact]
    public void The_library_of_the_build_asks_for_the_newest_version_weakly_and_the_package_is_as_it_was()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The library for Linux is in builds on Linux.");
        string built = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string version = typeof(TorchSharp.torch).Assembly.GetName().Version!.ToString(3);
        string package = Path.Combine(packages, "torchsharp", version, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");

        Assert.Equal([Weak], FlagsOf(Newest, built));
        Assert.Equal([(ushort)0], FlagsOf(Newest, package));
    }

    [Theory]
    [InlineData("linux-x64")]
    [InlineData("win-x64")]
    [InlineData("osx-arm64")]
    public void A_publish_for_another_platform_carries_that_platforms_library(string runtime)
    {
        Assert.Equal(runtime, Property("LayerToolPlatform", $"-p:RuntimeIdentifier={runtime}"));
    }

    [Fact]
    public void A_publish_is_one_file_that_needs_no_runtime_and_a_package_is_a_tool()
    {
        Assert.Equal("true", Property("PublishSingleFile", "-p:RuntimeIdentifier=linux-x64", "-p:_IsPublishing=true"));
        Assert.Equal("true", Property("SelfContained", "-p:RuntimeIdentifier=linux-x64", "-p:_IsPublishing=true"));
        Assert.Equal("true", Property("PackAsTool"));
    }

    private static string Property(string name, params string[] settings)
    {
        string project = Path.Combine(SharedFiles.Repository, "src", "LayerTool.Cli", "LayerTool.Cli.csproj");
        ProcessStartInfo start = new("dotnet", ["msbuild", project, .. settings, $"-getProperty:{name}", "-nodeReuse:false"])
        {
            RedirectStandardOutput = true,
        };

        using Process process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        string value = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return value;
    }

    // Flags of each reference to a version: vna_flags of Elf64_Vernaux in the section .gnu.version_r.
    private static List<ushort> FlagsOf(string version, string file)
    {
        const uint NeededVersions = 0x6ffffffe;
        byte[] elf = File.ReadAllBytes(file);
        int sections = (int)BitConverter.ToInt64(elf, 0x28);
        int size = BitConverter.ToUInt16(elf, 0x3a);
        int header = Enumerable.Range(0, BitConverter.ToUInt16(elf, 0x3c))
            .Select(index => sections + (index * size))
            .Single(section => BitConverter.ToUInt32(elf, section + 4) == NeededVersions);
        int strings = (int)BitConverter.ToInt64(elf, sections + (BitConverter.ToInt32(elf, header + 40) * size) + 24);
        List<ushort> flags = [];
        int library = (int)BitConverter.ToInt64(elf, header + 24);
        for (int libraries = BitConverter.ToInt32(elf, header + 44); libraries > 0; libraries--)
        {
            int entry = library + BitConverter.ToInt32(elf, library + 8);
            for (int entries = BitConverter.ToUInt16(elf, library + 2); entries > 0; entries--)
            {
                int name = strings + BitConverter.ToInt32(elf, entry + 8);
                if (Encoding.ASCII.GetString(elf, name, Array.IndexOf(elf, (byte)0, name) - name) == version)
                {
                    flags.Add(BitConverter.ToUInt16(elf, entry + 4));
                }

                entry += BitConverter.ToInt32(elf, entry + 12);
            }

            library += BitConverter.ToInt32(elf, library + 12);
        }

        return flags;
    }
}
