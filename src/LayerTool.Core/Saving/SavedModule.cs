using LayerTool.Adapters;

namespace LayerTool.Saving;

/// <summary>A module with an update, in the checkpoint that is written.</summary>
/// <param name="Path">Its name there, as PEFT knows it.</param>
/// <param name="Place">Number of its layer there, or null outside the layers.</param>
/// <param name="Module">What it was.</param>
internal sealed record SavedModule(string Path, int? Place, AdaptedModule Module)
{
    /// <summary>The last part of its name.</summary>
    public string LastPart => Path[(Path.LastIndexOf('.') + 1)..];
}
