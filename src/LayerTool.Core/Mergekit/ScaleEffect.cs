namespace LayerTool.Mergekit;

/// <summary>What a factor on one tensor of a layer does to what the layer's halves add to the stream.</summary>
internal enum ScaleEffect
{
    /// <summary>Something that no gain does.</summary>
    Other,

    /// <summary>The half's update is multiplied.</summary>
    Gain,

    /// <summary>Nothing, since a norm follows that undoes it; but 0 leaves nothing of the half.</summary>
    UndoneByNorm,
}
