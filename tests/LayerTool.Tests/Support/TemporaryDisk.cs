using System.Diagnostics;
using Xunit;

namespace LayerTool.Tests.Support;

/// <summary>A small disk of its own, to be filled or to be read only; skips the test where mounting is refused.</summary>
internal sealed class TemporaryDisk : IDisposable
{
    private readonly TempFolder _folder = new();

    public TemporaryDisk(int megabytes)
    {
        if (!OperatingSystem.IsLinux() || Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", _folder.Path) != 0)
        {
            _folder.Dispose();
            Assert.Skip("a small tmpfs cannot be mounted here");
        }
    }

    public string Path => _folder.Path;

    /// <summary>From here on nothing can be written.</summary>
    public void MakeReadOnly() => Assert.Equal(0, Run("mount", "-o", "remount,ro", Path));

    public void Dispose()
    {
        Assert.Equal(0, Run("umount", Path));
        _folder.Dispose();
    }

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
