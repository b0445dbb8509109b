using LayerTool.Checkpoints;
using LayerTool.Models;
using LayerTool.Tensors;
using LayerTool.Tokenization;

namespace LayerTool.Tests.Support;

/// <summary>Real models in float32, opened once for all tests of a class.</summary>
public sealed class OpenModels : IDisposable
{
    private readonly Dictionary<string, (Checkpoint Checkpoint, Tokenizer Tokenizer, Decoder Decoder)> _open = new(StringComparer.Ordinal);

    /// <summary>A model of shared/models.</summary>
    public (Checkpoint Checkpoint, Tokenizer Tokenizer, Decoder Decoder) Open(string name)
    {
        if (!_open.TryGetValue(name, out (Checkpoint Checkpoint, Tokenizer Tokenizer, Decoder Decoder) model))
        {
            Checkpoint checkpoint = Checkpoint.Open(SharedFiles.Model(name));
            Decoder decoder = Decoder.Open(new CheckpointSet(checkpoint), new ComputeSettings(Dtype: ComputeDtype.Float32));
            model = (checkpoint, Tokenizer.Open(checkpoint.Folder, TokenizerMode.Auto), decoder);
            _open.Add(name, model);
        }

        return model;
    }

    public void Dispose()
    {
        foreach ((_, _, Decoder decoder) in _open.Values)
        {
            decoder.Dispose();
        }
    }
}
