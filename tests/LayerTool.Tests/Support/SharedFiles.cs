using System.Diagnostics;
using Xunit;

namespace LayerTool.Tests.Support;

/// <summary>
/// Reference data and real models that are too large for the repository: a folder <c>shared</c> beside the checkout, or the one
/// that LAYERTOOL_SHARED names. With CI=true a missing one fails the test; elsewhere the test is skipped and says so.
/// </summary>
internal static class SharedFiles
{
    private static readonly Lock Unpacking = new();

    /// <summary>Root of the checkout.</summary>
    public static string Repository { get; } = FindRepository();

    private static string Root => Environment.GetEnvironmentVariable("LAYERTOOL_SHARED") ?? Path.Combine(Repository, "..", "shared");

    /// <summary>Full path of a file or folder under shared; skips or fails where it is missing.</summary>
    public static string Find(string relative)
    {
        string path = Path.GetFullPath(Path.Combine(Root, relative));
        return File.Exists(path) || Directory.Exists(path) ? path : Missing<string>($"{path} is not there");
    }

    /// <summary>Folder of a real model of shared/models, ready to open; unpacked once into the user's cache.</summary>
    public static string Model(string name)
    {
        string stored = Find(Path.Combine("models", name));
        if (File.Exists(Path.Combine(stored, "model.safetensors")))
        {
            return stored;
        }

        string cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "layertool-models");
        string unpacked = Path.Combine(cache, name);
        lock (Unpacking)
        {
            if (File.Exists(Path.Combine(unpacked, "model.safetensors")))
            {
                return unpacked;
            }

            using Process? process = Process.Start(new ProcessStartInfo("python3", [Find("models/unpack.py"), cache]) { RedirectStandardOutput = true });
            process?.StandardOutput.ReadToEnd();
            process?.WaitForExit();
            return process?.ExitCode == 0 ? unpacked : Missing<string>($"python3 unpack.py could not unpack {name}");
        }
    }

    private static T Missing<T>(string reason)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail(reason);
        }

        Assert.Skip(reason);
        return default!;
    }

    private static string FindRepository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "LayerTool.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests run outside a checkout.");
    }
}
