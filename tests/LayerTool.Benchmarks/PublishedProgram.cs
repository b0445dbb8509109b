namespace LayerTool.Benchmarks;

/// <summary>layertool as users install it: published into a folder of its own, which is removed at the end.</summary>
internal sealed class PublishedProgram : IDisposable
{
    private PublishedProgram(string folder)
    {
        Folder = folder;
        File = Path.Combine(folder, "layertool");
    }

    /// <summary>Where it lies, with the native libraries beside it.</summary>
    public string Folder { get; }

    /// <summary>Full path of the program.</summary>
    public string File { get; }

    /// <summary>Publishes this checkout for linux-x64.</summary>
    /// <param name="parent">Where there is room for 600 MB.</param>
    public static PublishedProgram Publish(string parent)
    {
        PublishedProgram program = new(Path.Combine(parent, $"layertool-publish-{Environment.ProcessId}"));
        try
        {
            MeasuredProcess.Run("dotnet", "publish", Path.Combine(Checkout(), "src", "LayerTool.Cli"), "-c", "Release", "-r", "linux-x64", "-o", program.Folder, "-nodeReuse:false");
            return program;
        }
        catch
        {
            program.Dispose();
            throw;
        }
    }

    /// <summary>Runs it.</summary>
    public MeasuredProcess Run(params string[] args) => MeasuredProcess.Run(File, args);

    /// <inheritdoc />
    public void Dispose()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private static string Checkout()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder, "LayerTool.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The benchmarks run outside a checkout.");
    }
}
