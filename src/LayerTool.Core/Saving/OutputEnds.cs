using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Safetensors;

namespace LayerTool.Saving;

/// <summary>
/// Where embedding, final norm and head of the output come from, and whether head and embedding are one table. A head from another
/// model than the embedding is written out, whatever the sources tie.
/// </summary>
internal sealed class OutputEnds
{
    private const int ChunkBytes = 1 << 20;

    private readonly IReadOnlyDictionary<string, SaveSource> _sources;
    private readonly SaveSource _main;
    private readonly LayerPlan _plan;
    private readonly CancellationToken _cancellation;
    private bool _dropsHead;

    private OutputEnds(LayerPlan plan, IReadOnlyDictionary<string, SaveSource> sources, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        _plan = plan;
        _sources = sources;
        _main = sources[LayerPlan.Main];
    }

    /// <summary>What the config must say of tied embeddings; null where it says the right thing.</summary>
    public bool? Tied { get; private set; }

    /// <summary>The head where the main source has none to stand in its place.</summary>
    public TensorEntry? AddedHead { get; private set; }

    public ImmutableArray<string> Notes { get; private set; } = [];

    /// <summary>Works it out.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="sources">The sources that it names.</param>
    /// <param name="cancellation">Looked at before each megabyte, where a head is held against an embedding.</param>
    /// <exception cref="LayerToolException">A source's family is unknown and its parts are mixed, or a tensor is missing.</exception>
    public static OutputEnds Of(LayerPlan plan, IReadOnlyDictionary<string, SaveSource> sources, CancellationToken cancellation)
    {
        OutputEnds ends = new(plan, sources, cancellation);
        if (plan.EmbeddingSource != LayerPlan.Main || plan.HeadSource != LayerPlan.Main)
        {
            ends.Mix();
        }
        else if (ends._main.Architecture is not null && ends._main.HasHead && IsTied(ends._main) && !ends.SameBytes(ends._main, ends._main.EmbeddingName, ends._main, ends._main.HeadName))
        {
            ends.Tied = false;
            ends.Notes = [$"{ends._main.Config.File} ties the head to the embedding, but {Quoted.Text(ends._main.HeadName)} differs from it: written as untied, as LayerTool and transformers 5 read it"];
        }

        return ends;
    }

    /// <summary>The source that the tensor of the main source is replaced from.</summary>
    public string SourceOf(TensorEntry tensor)
    {
        if (_main.Architecture is null)
        {
            return LayerPlan.Main;
        }

        return tensor.Name.StartsWith(_main.Architecture.Names.Embedding + ".", StringComparison.Ordinal) ? _plan.EmbeddingSource
            : _main.Naming.Place(tensor.Name).Side == TensorSide.After ? _plan.HeadSource
            : LayerPlan.Main;
    }

    /// <summary>What is written in the place of a tensor outside the main source's layers; null for nothing.</summary>
    public TensorEntry? Replacement(TensorEntry tensor)
    {
        if (_dropsHead && tensor.Name == _main.HeadName)
        {
            return null;
        }

        SaveSource source = _sources[SourceOf(tensor)];
        if (source == _main)
        {
            return tensor;
        }

        // A head that its source ties is that source's embedding.
        return tensor.Name == _main.HeadName && !source.HasHead && IsTied(source) ? source.Required(source.EmbeddingName) : source.Required(tensor.Name);
    }

    private void Mix()
    {
        SaveSource embedding = _sources[_plan.EmbeddingSource];
        SaveSource head = _sources[_plan.HeadSource];
        foreach (SaveSource source in new[] { _main, embedding, head })
        {
            if (source.Architecture is null || source.Architecture != _main.Architecture)
            {
                throw new LayerToolException(
                    $"embedding and head can be mixed within one known family only; `{source.Name}` is a `{source.Config.ModelType}` model, `{LayerPlan.Main}` a `{_main.Config.ModelType}` model");
            }
        }

        string headName = head.HasHead || !IsTied(head) ? head.HeadName : head.EmbeddingName;
        bool tied = embedding == head ? IsTied(head) : IsTied(_main) && SameBytes(embedding, embedding.EmbeddingName, head, headName);
        bool written = embedding == head ? head.HasHead : !tied;
        Tied = tied == IsTied(_main) ? null : tied;
        _dropsHead = !written;
        AddedHead = written && !_main.HasHead ? head.Required(headName) : null;
        if (written && IsTied(_main) && !tied)
        {
            Notes = [$"the head comes from `{head.Name}`, the embedding from `{embedding.Name}`: written as untied"];
        }
    }

    private static bool IsTied(SaveSource source) => source.Config.Settle()?.TiedEmbeddings ?? source.Checkpoint.Config.TiedEmbeddings;

    private bool SameBytes(SaveSource left, string leftName, SaveSource right, string rightName)
    {
        TensorEntry one = left.Required(leftName);
        TensorEntry other = right.Required(rightName);
        if (one.Dtype != other.Dtype || !one.Shape.SequenceEqual(other.Shape))
        {
            return false;
        }

        using TensorReader leftReader = left.Checkpoint.OpenWeights();
        using TensorReader rightReader = right.Checkpoint.OpenWeights();
        byte[] oneBytes = new byte[ChunkBytes];
        byte[] otherBytes = new byte[ChunkBytes];
        for (long position = 0; position < one.ByteCount; position += ChunkBytes)
        {
            _cancellation.ThrowIfCancellationRequested();
            int count = (int)Math.Min(ChunkBytes, one.ByteCount - position);
            leftReader.Read(one, position, oneBytes.AsSpan(0, count));
            rightReader.Read(other, position, otherBytes.AsSpan(0, count));
            if (!oneBytes.AsSpan(0, count).SequenceEqual(otherBytes.AsSpan(0, count)))
            {
                return false;
            }
        }

        return true;
    }
}
