namespace LayerTool.Saving;

/// <summary>What makes a checkpoint more than a plan over its sources: values of its own, files beside its weights.</summary>
internal interface ICheckpointExtras
{
    /// <summary>Bytes of the files beside the weights, for the room on the disk.</summary>
    long Bytes { get; }

    /// <summary>The text of its layertool.json.</summary>
    string Provenance { get; }

    /// <summary>Opens the values of its tensors; the caller disposes them.</summary>
    ITensorContents OpenContents();

    /// <summary>Writes what lies beside the weights.</summary>
    /// <param name="folder">The folder that is being written.</param>
    /// <param name="cancellation">Looked at between tensors.</param>
    void Write(string folder, CancellationToken cancellation);
}
