using System.Collections.Immutable;
using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Progress;
using LayerTool.Safetensors;

namespace LayerTool.Saving;

/// <summary>
/// Where embedding, final norm and head of the output come from, and whether head and embedding are one table. A head from another
/// model than the embedding is written out, whatever the sources tie, unless the plan says that the head is the embedding.
/// </summary>
internal sealed class OutputEnds
{
    private const int ChunkBytes = 1 << 20;

    private readonly IReadOnlyDictionary<string, SaveSource> _sources;
    private readonly SaveSource _main;
    private readonly LayerPlan _plan;
    private readonly IProgress<Step>? _progress;
    private readonly CancellationToken _cancellation;
    private HashSet<string> _before = []; // names that the main source gives to the tensors before the layers; where ends are mixed
    private HashSet<string> _after = []; // and after them
    private bool _dropsHead;

    private OutputEnds(LayerPlan plan, IReadOnlyDictionary<string, SaveSource> sources, IProgress<Step>? progress, CancellationToken cancellation)
    {
        _progress = progress;
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
    /// <param name="progress">Told of the bytes of such a comparison.</param>
    /// <param name="cancellation">Looked at before each megabyte, where a head is held against an embedding.</param>
    /// <exception cref="LayerToolException">The ends of the sources do not go together, or a tensor is missing.</exception>
    public static OutputEnds Of(LayerPlan plan, IReadOnlyDictionary<string, SaveSource> sources, IProgress<Step>? progress, CancellationToken cancellation)
    {
        OutputEnds ends = new(plan, sources, progress, cancellation);
        if (plan.EmbeddingSource != LayerPlan.Main || plan.HeadSource != LayerPlan.Main || plan.TiedHead)
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
            return _main.Naming.Place(tensor.Name).Side == TensorSide.After ? _plan.HeadSource : _plan.EmbeddingSource;
        }

        // What is no part of the decoder, such as the projector of a multimodal checkpoint or an old buffer, belongs to neither end.
        return _before.Contains(tensor.Name) ? _plan.EmbeddingSource
            : _after.Contains(tensor.Name) ? _plan.HeadSource
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
        bool isTiedHead = _main.Architecture is not null && tensor.Name == _main.HeadName && !source.HasHead && IsTied(source);
        return source.Required(isTiedHead ? source.EmbeddingName : _main.NameIn(source, tensor.Name));
    }

    private void Mix()
    {
        SaveSource embedding = _sources[_plan.EmbeddingSource];
        SaveSource head = _sources[_plan.HeadSource];
        foreach (SaveSource source in new[] { embedding, head })
        {
            if (source.Checkpoint.TextModelType != _main.Checkpoint.TextModelType)
            {
                throw new LayerToolException(
                    $"embedding and head can be mixed within one family only; `{source.Name}` is a `{source.Config.ModelType}` model, `{LayerPlan.Main}` a `{_main.Config.ModelType}` model",
                    "take embedding and head from the main checkpoint");
            }
        }

        if (_main.Architecture is null)
        {
            MixByName(embedding, head);
            return;
        }

        ModelConfig config = _main.Checkpoint.Located(_main.Config.Settle() ?? _main.Checkpoint.Config);
        _before = [.. ExpectedTensors.BeforeLayers(config).Select(tensor => tensor.Name)];
        _after = [_main.HeadName, .. ExpectedTensors.AfterLayers(config).Select(tensor => tensor.Name)];
        string headName = head.HasHead || !IsTied(head) ? head.HeadName : head.EmbeddingName;
        bool tied = _plan.TiedHead || (embedding == head ? IsTied(head) : IsTied(_main) && SameBytes(embedding, embedding.EmbeddingName, head, headName));
        bool written = !_plan.TiedHead && (embedding == head ? head.HasHead : !tied);
        Tied = tied == IsTied(_main) ? null : tied;
        _dropsHead = !written;
        AddedHead = written && !_main.HasHead ? head.Required(headName) : null;
        if (written && IsTied(_main) && !tied)
        {
            Notes = [$"the head comes from `{head.Name}`, the embedding from `{embedding.Name}`: written as untied"];
        }
    }

    /// <summary>Of a family that the table does not know, both ends travel by the names of their tensors, which must be the main source's.</summary>
    private void MixByName(SaveSource embedding, SaveSource head)
    {
        CheckSameNames(embedding, embedding.Naming.BeforeLayers, _main.Naming.BeforeLayers);
        CheckSameNames(head, head.Naming.AfterLayers, _main.Naming.AfterLayers);
        if (embedding != head && _main.Checkpoint.StoresHead == _plan.TiedHead)
        {
            throw new LayerToolException(
                $"the head of `{head.Name}` cannot be told from its embedding: LayerTool does not know where a `{head.Config.ModelType}` model keeps it",
                "take embedding and head from one checkpoint");
        }
    }

    private void CheckSameNames(SaveSource source, ImmutableArray<TensorEntry> its, ImmutableArray<TensorEntry> mine)
    {
        HashSet<string> names = [.. mine.Select(tensor => tensor.Name)];
        names.SymmetricExceptWith(its.Select(tensor => tensor.Name));
        if (names.Count > 0)
        {
            throw new LayerToolException(
                $"{Quoted.Text(names.Order(StringComparer.Ordinal).First())} is in one of `{source.Name}` and `{LayerPlan.Main}` only, and LayerTool does not know the ends of a `{_main.Config.ModelType}` model",
                "take embedding and head from the main checkpoint");
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
            _progress?.Report(new Step("comparing head and embedding", position, one.ByteCount, "bytes"));
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
