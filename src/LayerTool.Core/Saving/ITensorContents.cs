using LayerTool.Faults;
using LayerTool.Safetensors;

namespace LayerTool.Saving;

/// <summary>Where the bytes of a checkpoint's tensors come from while it is written.</summary>
internal interface ITensorContents : IDisposable
{
    /// <summary>Writes one tensor.</summary>
    /// <param name="tensor">The tensor; it is the next that the writer expects.</param>
    /// <param name="writer">The weight file.</param>
    /// <param name="wrote">Told of the bytes written.</param>
    /// <param name="cancellation">Looked at before each piece.</param>
    /// <exception cref="LayerToolException">A source cannot be read, the file cannot be written, or a value does not fit the output's type.</exception>
    void Write(OutputTensor tensor, SafetensorsWriter writer, Action<int> wrote, CancellationToken cancellation);

    /// <summary>Refuses what was written if a source was written to meanwhile.</summary>
    /// <exception cref="LayerToolException">One was.</exception>
    void RequireUnchanged();
}
