namespace LayerTool.Adapters;

/// <summary>How updates of low rank run.</summary>
public enum AdapterMode
{
    /// <summary>Beside the weights, which stay as they are: two small products more for each.</summary>
    Applied,

    /// <summary>Multiplied into the weights in float32.</summary>
    Merged,

    /// <summary>Likewise, and rounded to the type of the file, to the bit as a merge on saving does.</summary>
    MergedAsSaved,
}
