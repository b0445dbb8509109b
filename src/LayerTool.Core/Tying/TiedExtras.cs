using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Plans;
using LayerTool.Safetensors;
using LayerTool.Saving;
using static TorchSharp.torch;

namespace LayerTool.Tying;

/// <summary>What a tied checkpoint has beside stock weights: adapters, norms by depth, and a layertool.json that plays it.</summary>
internal sealed class TiedExtras : ICheckpointExtras
{
    /// <summary>Folder of the one adapter of <see cref="TieLayout.Unrolled"/>.</summary>
    public const string AdapterFolder = "adapter";

    /// <summary>File of the norms and biases of all depths of <see cref="TieLayout.Compact"/>.</summary>
    public const string DepthNormsFile = "depth_norms.safetensors";

    private readonly TiePlan _plan;
    private readonly TiedWeights _weights;
    private readonly TieLayout _layout;
    private readonly string _name;
    private readonly PlanFile? _record;
    private readonly ImmutableSortedDictionary<string, PeftOutput> _adapters;

    /// <param name="plan">How the layers are tied.</param>
    /// <param name="weights">What the layers' tensors are.</param>
    /// <param name="layout">Which of the forms is written.</param>
    /// <param name="folder">The folder that is made.</param>
    /// <param name="record">What layertool.json tells beside the plan; null for nothing.</param>
    public TiedExtras(TiePlan plan, TiedWeights weights, TieLayout layout, string folder, PlanFile? record)
    {
        _plan = plan;
        _weights = weights;
        _layout = layout;
        _name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        _record = record;
        _adapters = TiedRecord.Adapters(plan, layout);
    }

    /// <inheritdoc />
    public long Bytes => _adapters.Values.Sum(adapter => adapter.Bytes) + (HasDepthNorms ? DepthNorms().Sum(tensor => tensor.ByteCount) : 0);

    /// <inheritdoc />
    public string Provenance => PlanJson.Write(TiedRecord.Of(_plan, _layout, _record));

    private bool HasDepthNorms => _layout == TieLayout.Compact && _plan.DepthTensors.Any();

    /// <inheritdoc />
    public ITensorContents OpenContents() => new TiedContents(_plan, _weights, _layout);

    /// <inheritdoc />
    public void Write(string folder, CancellationToken cancellation)
    {
        foreach ((string name, PeftOutput adapter) in _adapters)
        {
            adapter.Write(Path.Combine(folder, name), _name, _weights, cancellation);
        }

        if (HasDepthNorms)
        {
            WriteDepthNorms(Path.Combine(folder, DepthNormsFile), cancellation);
        }
    }

    private void WriteDepthNorms(string file, CancellationToken cancellation)
    {
        using SafetensorsWriter writer = SafetensorsWriter.Create(file, DepthNorms());
        foreach (TensorEntry due in writer.Tensors)
        {
            string[] parts = due.Name.Split('.', 3);
            using Tensor value = _weights.AtDepth(int.Parse(parts[1], CultureInfo.InvariantCulture), parts[2]);
            TiedContents.WritePieces(value, due.Name, due.Dtype, writer, _ => { }, cancellation);
        }

        writer.Finish();
    }

    private IEnumerable<TensorDeclaration> DepthNorms() =>
        from depth in Enumerable.Range(0, _plan.Map.Depths)
        from tensor in _plan.DepthTensors
        select new TensorDeclaration(string.Create(CultureInfo.InvariantCulture, $"depth.{depth}.{tensor.Suffix}"), _plan.DtypeOf(tensor.Suffix), tensor.Shape);
}
