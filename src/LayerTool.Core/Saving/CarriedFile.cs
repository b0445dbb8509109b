namespace LayerTool.Saving;

/// <summary>A file that travels with a checkpoint.</summary>
/// <param name="Name">Its path inside the folder.</param>
/// <param name="Folder">The folder that it is taken from.</param>
internal sealed record CarriedFile(string Name, string Folder)
{
    /// <summary>Its full path.</summary>
    public string Path => System.IO.Path.Combine(Folder, Name);
}
