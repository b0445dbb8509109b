using System.Collections.Immutable;
using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Safetensors;

namespace LayerTool.Adapters;

/// <summary>Holds an adapter against a checkpoint: finds what each of its tensors belongs to, and what does not fit.</summary>
internal sealed class AdapterBinder
{
    private const int MostNamed = 8;

    private readonly PeftFolder _adapter;
    private readonly Checkpoint _source;
    private readonly BaseModules _base;
    private readonly List<string> _faults = [];

    public AdapterBinder(PeftFolder adapter, Checkpoint source)
    {
        _adapter = adapter;
        _source = source;
        int count = source.Config.LayerCount;
        if (adapter.Config.Replication.Any(range => range.End > count))
        {
            throw new LayerToolException(
                $"{adapter.Config.File}: `layer_replication` ends at {adapter.Config.Replication.Max(range => range.End)}, {source.Folder} has {count} layers", Hint);
        }

        _base = new BaseModules(source, [.. adapter.Config.Replication.DefaultIfEmpty((0, count)).SelectMany(range => Enumerable.Range(range.Item1, range.Item2 - range.Item1))]);
    }

    private string Hint => _adapter.Config.BaseModel is string name ? $"it says that it was made for {Quoted.Text(name)}: name that model" : "name the model that it was made for";

    public BoundAdapter Bind()
    {
        ImmutableArray<AdaptedModule> modules =
        [
            .. _adapter.Tensors.Where(tensor => tensor.Part != PeftPart.Whole).GroupBy(tensor => tensor.Module).Select(Module).OfType<AdaptedModule>(),
        ];
        ImmutableArray<AdaptedTensor> tensors = [.. _adapter.Tensors.Where(tensor => tensor.Part == PeftPart.Whole).Select(Whole).OfType<AdaptedTensor>()];
        FindGaps(modules);
        if (_faults.Count == 0)
        {
            return new BoundAdapter(_adapter, _base, modules, tensors);
        }

        string more = _faults.Count > MostNamed ? $"; and {_faults.Count - MostNamed} more" : "";
        throw new LayerToolException($"{_adapter.Folder}: does not fit {_source.Folder}: {string.Join("; ", _faults.Take(MostNamed))}{more}", Hint);
    }

    private AdaptedModule? Module(IGrouping<string, PeftTensor> module)
    {
        string path = module.Key;
        if (_base.Find(path + ".weight") is not ExpectedTensor weight)
        {
            return Fault<AdaptedModule>($"{Quoted.Text(path)} is no module of a model with {Counted.Of(_base.LayerCount, "layer")}");
        }

        bool isEmbedding = _base.IsEmbedding(weight), isHead = _base.IsHead(weight);
        if (!weight.IsProjection && !isEmbedding && !isHead)
        {
            return Fault<AdaptedModule>($"{Quoted.Text(path)} is no linear map, and no embedding that LayerTool adapts");
        }

        if (!_adapter.Targets.Include(path, isLinear: weight.IsProjection))
        {
            return Fault<AdaptedModule>($"{Quoted.Text(path)} has tensors, and {PeftConfig.FileName} does not name it");
        }

        bool isTransposed = _base.IsTransposed(weight);
        (long outputs, long inputs) = isTransposed ? (weight.Shape[1], weight.Shape[0]) : (weight.Shape[0], weight.Shape[1]);
        int rank = _adapter.Targets.Rank(path);
        PeftTensor? a = Part(module, isEmbedding ? PeftPart.EmbeddingA : PeftPart.A, rank, inputs);
        PeftTensor? b = Part(module, isEmbedding ? PeftPart.EmbeddingB : PeftPart.B, outputs, rank);
        PeftTensor? magnitude = _adapter.Config.HasMagnitudes ? Part(module, PeftPart.Magnitude, outputs) : null;
        PeftPart[] known = [a?.Part ?? PeftPart.Whole, b?.Part ?? PeftPart.Whole, magnitude?.Part ?? PeftPart.Whole];
        if (a is null || b is null || (_adapter.Config.HasMagnitudes && magnitude is null))
        {
            return null;
        }

        return module.FirstOrDefault(tensor => !known.Contains(tensor.Part)) is PeftTensor stray
            ? Fault<AdaptedModule>($"{Quoted.Text(stray.Entry.Name)} belongs to no update of {PeftConfig.FileName}")
            : new AdaptedModule(path, _base.NameOf(weight)[..^".weight".Length], weight, a, b, magnitude, rank, _adapter.Targets.Alpha(path), _adapter.Targets.Scale(path), isTransposed);
    }

    private PeftTensor? Part(IGrouping<string, PeftTensor> module, PeftPart part, params ReadOnlySpan<long> shape)
    {
        PeftTensor? tensor = module.FirstOrDefault(tensor => tensor.Part == part);
        return tensor is null
            ? Fault<PeftTensor>($"{Quoted.Text(module.Key)} has no {NameOf(part)}")
            : Fits(tensor, shape) ? tensor : null;
    }

    private AdaptedTensor? Whole(PeftTensor tensor)
    {
        string name = tensor.Module;
        if (_base.Find(name) is not ExpectedTensor expected)
        {
            return Fault<AdaptedTensor>($"{Quoted.Text(name)} is no tensor of a model with {Counted.Of(_base.LayerCount, "layer")}");
        }

        string module = name[..name.LastIndexOf('.')];
        bool travels = name.EndsWith(".bias", StringComparison.Ordinal) && _adapter.Config.Bias != "none";
        if (!travels && !_base.IsEmbedding(expected) && !_base.IsHead(expected) && !_adapter.Config.SavedModules.Any(saved => module == saved || module.EndsWith("." + saved, StringComparison.Ordinal)))
        {
            return Fault<AdaptedTensor>($"{Quoted.Text(name)} is neither of `modules_to_save` nor a bias that `bias` has trained");
        }

        return Fits(tensor, expected.Shape.AsSpan()) ? new AdaptedTensor(_base.NameOf(expected), expected, tensor) : null;
    }

    /// <summary>Modules that the config names, and whose like in another layer has tensors: a part of the file is missing.</summary>
    private void FindGaps(ImmutableArray<AdaptedModule> modules)
    {
        HashSet<string> given = [.. _adapter.Tensors.Select(tensor => tensor.Module)];
        HashSet<string> seen = [];
        foreach (AdaptedModule module in modules.Where(module => module.Weight.Layer is not null))
        {
            for (int layer = 0; layer < _base.LayerCount; layer++)
            {
                string weight = _base.Moved(module.Path + ".weight", module.Weight, layer);
                string path = weight[..^".weight".Length];
                if (seen.Add(path) && !given.Contains(path) && _base.Find(weight) is not null && _adapter.Targets.Include(path, isLinear: true))
                {
                    _faults.Add($"{Quoted.Text(path)} has no tensors, although {PeftConfig.FileName} names it");
                }
            }
        }
    }

    private bool Fits(PeftTensor tensor, ReadOnlySpan<long> shape)
    {
        TensorEntry entry = tensor.Entry;
        if (!entry.Shape.AsSpan().SequenceEqual(shape))
        {
            _faults.Add($"{Quoted.Text(entry.Name)} has the shape {Quoted.Shape(entry.Shape)}, expected {Quoted.Shape([.. shape])}");
            return false;
        }

        if (entry.Dtype != TensorDtype.F32 && entry.Dtype != TensorDtype.F16 && entry.Dtype != TensorDtype.BF16)
        {
            _faults.Add($"{Quoted.Text(entry.Name)} is {entry.Dtype}, expected F32, F16 or BF16");
            return false;
        }

        return true;
    }

    private T? Fault<T>(string fault)
        where T : class
    {
        _faults.Add(fault);
        return null;
    }

    private static string NameOf(PeftPart part) => part switch
    {
        PeftPart.A => "`lora_A`",
        PeftPart.B => "`lora_B`",
        PeftPart.EmbeddingA => "`lora_embedding_A`",
        PeftPart.EmbeddingB => "`lora_embedding_B`",
        _ => "`lora_magnitude_vector`",
    };
}
