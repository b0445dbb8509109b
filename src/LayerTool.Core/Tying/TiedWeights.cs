using System.Security.Cryptography;
using System.Text;
using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Safetensors;
using LayerTool.Saving;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Tying;

/// <summary>
/// The weights of a tied model, made one tensor at a time from the sources' mapped files: W of each depth, W' of each shared layer,
/// A and B of each depth. Computed in float64; W' is rounded to the type that it is stored in and A and B to float32 before they
/// are used, so that all forms in which the model is written say the same. Not for use by several threads at once.
/// </summary>
internal sealed class TiedWeights : IDisposable
{
    private readonly TiePlan _plan;
    private readonly NormFolding _folding;
    private readonly Dictionary<string, TiedTensor> _tensors;
    private readonly Dictionary<(int Depth, string Suffix), OutputTensor> _stored = [];
    private readonly MappedFiles _files = new();
    private readonly Dictionary<(int Depth, string Suffix), TiedMatrix> _measured = [];
    private readonly Dictionary<(int Depth, string Suffix), TiedFactors> _factors = [];

    /// <param name="plan">How the layers are tied.</param>
    public TiedWeights(TiePlan plan)
    {
        _plan = plan;
        _folding = new NormFolding(plan.Sources.Main.Config.Architecture);
        _tensors = plan.Tensors.ToDictionary(tensor => tensor.Suffix, StringComparer.Ordinal);
        foreach (OutputTensor tensor in plan.Unrolled.Tensors)
        {
            if (LayerIndex.TryRead(tensor.Name, plan.Prefix, out int depth, out string suffix) && depth < plan.Map.Depths)
            {
                _stored.Add((depth, suffix), tensor);
            }
        }
    }

    /// <summary>Whether all factors stay in memory once they are found.</summary>
    public bool KeepsFactors { get; set; }

    /// <summary>How much of each matrix sharing took away, as far as it was computed.</summary>
    public IEnumerable<TiedMatrix> Measured => _measured.Values;

    /// <summary>The tensor of that name.</summary>
    public TiedTensor Find(string suffix) => _tensors[suffix];

    /// <summary>The type that a tensor is stored in.</summary>
    public ScalarType StoredType(string suffix) => TorchDtypes.Find(_stored[(0, suffix)].Dtype)!.Value;

    /// <summary>What a shared layer's tensor is, float64 in the stored orientation; the caller disposes it.</summary>
    /// <exception cref="LayerToolException">A value is not finite.</exception>
    public Tensor Shared(int shared, string suffix)
    {
        using DisposeScope scope = NewDisposeScope();
        int[] sources = [.. _plan.Map.SourcesOf(shared)];
        Tensor mean = sources.Select(depth => Own(depth, suffix)).Aggregate((sum, next) => sum + next) / sources.Length;
        return mean.to(StoredType(suffix)).to(ScalarType.Float64).MoveToOuterDisposeScope();
    }

    /// <summary>What a depth's tensor is with its update multiplied out, float64 in the stored orientation; the caller disposes it.</summary>
    public Tensor Merged(int depth, string suffix)
    {
        using DisposeScope scope = NewDisposeScope();
        TiedTensor tensor = _tensors[suffix];
        if (!tensor.IsShared)
        {
            return Own(depth, suffix).MoveToOuterDisposeScope();
        }

        Tensor shared = Shared(_plan.Map.SharedAt(depth), suffix);
        if (tensor.Rank == 0)
        {
            return shared.MoveToOuterDisposeScope();
        }

        TiedFactors factors = Factors(depth, suffix);
        Tensor update = CheckedOps.MatrixProduct(factors.B.to(ScalarType.Float64), factors.A.to(ScalarType.Float64));
        return (shared + (tensor.IsTransposed ? update.t() : update)).MoveToOuterDisposeScope();
    }

    /// <summary>A tensor of a depth that is not shared, float64; the caller disposes it.</summary>
    public Tensor AtDepth(int depth, string suffix) => Own(depth, suffix);

    /// <summary>The factors of a depth's update, float32; they stay this object's, and may be gone when others are asked for.</summary>
    public TiedFactors Factors(int depth, string suffix)
    {
        if (!_factors.TryGetValue((depth, suffix), out TiedFactors? factors))
        {
            if (!KeepsFactors)
            {
                Forget(); // but for the last: A is asked for, then B
            }

            factors = Decompose(depth, suffix, _tensors[suffix].Rank);
            _factors.Add((depth, suffix), factors);
        }

        return factors;
    }

    /// <summary>Finds how much of a matrix sharing takes away, where that is not known yet.</summary>
    public void Measure(int depth, string suffix)
    {
        if (!_measured.ContainsKey((depth, suffix)))
        {
            Factors(depth, suffix);
        }
    }

    /// <summary>Refuses what was computed if a source was written to meanwhile.</summary>
    /// <exception cref="LayerToolException">One was.</exception>
    public void RequireUnchanged()
    {
        foreach (SafetensorsHeader file in _plan.Sources.SelectMany(source => source.Value.Files).Where(file => _files.Holds(file.File)))
        {
            file.RequireUnchanged();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Forget();
        _files.Dispose();
    }

    private void Forget()
    {
        foreach (TiedFactors factors in _factors.Values)
        {
            factors.Dispose();
        }

        _factors.Clear();
    }

    private TiedFactors Decompose(int depth, string suffix, int rank)
    {
        using DisposeScope scope = NewDisposeScope();
        TiedTensor tensor = _tensors[suffix];
        Tensor own = Own(depth, suffix);
        Tensor residual = own - Shared(_plan.Map.SharedAt(depth), suffix);
        residual = tensor.IsTransposed ? residual.t().contiguous() : residual;
        double norm = LowRank.SumOfSquares(own);
        double energy = LowRank.SumOfSquares(residual);
        bool fits = _plan.Settings.LoraInit == LoraInit.Svd && energy > 0 && rank > 0;
        LowRank? low = fits ? LowRank.Of(residual, rank) : null;
        _measured[(depth, suffix)] = new TiedMatrix(depth, tensor.Module, norm, energy, low?.Left ?? energy);
        Tensor a = low?.A ?? Random(depth, suffix, rank, tensor.Inputs);
        Tensor b = low?.B ?? zeros([tensor.Outputs, rank], ScalarType.Float64);
        return new TiedFactors(
            depth,
            suffix,
            a.to(ScalarType.Float32).contiguous().DetachFromDisposeScope(),
            b.to(ScalarType.Float32).contiguous().DetachFromDisposeScope());
    }

    /// <summary>A ~ N(0, 1 / in): of each matrix its own, whatever is computed before it.</summary>
    private Tensor Random(int depth, string suffix, int rank, long inputs)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{_plan.Settings.Seed} {depth} {suffix}")));
        using Generator generator = new(BitConverter.ToUInt64(hash), CPU);
        return randn([rank, inputs], dtype: ScalarType.Float64, generator: generator) / Math.Sqrt(inputs);
    }

    /// <summary>What a tensor is at a depth before anything is shared: gains in it, norms folded where that is asked for.</summary>
    private Tensor Own(int depth, string suffix)
    {
        using DisposeScope scope = NewDisposeScope();
        if (_plan.Settings.Norms != TieNorms.Fold)
        {
            return Stored(depth, suffix).MoveToOuterDisposeScope();
        }

        if (_folding.IsFolded(suffix))
        {
            bool isOne = !_folding.IsPlusOne && suffix.EndsWith(".weight", StringComparison.Ordinal);
            return full([.. _tensors[suffix].Shape], isOne ? 1.0 : 0.0, ScalarType.Float64).MoveToOuterDisposeScope();
        }

        int dot = suffix.LastIndexOf('.');
        (string module, string part) = (suffix[..dot], suffix[dot..]);
        Tensor own = Stored(depth, suffix);
        if (_folding.NormOf(module) is not string norm || !_stored.ContainsKey((depth, norm + ".weight")))
        {
            return own.MoveToOuterDisposeScope();
        }

        bool isTransposed = _tensors[module + ".weight"].IsTransposed;
        if (part == ".weight")
        {
            Tensor gain = Stored(depth, norm + ".weight") + (_folding.IsPlusOne ? 1 : 0);
            return (own * (isTransposed ? gain.unsqueeze(1) : gain)).MoveToOuterDisposeScope(); // over the inputs
        }

        if (part != ".bias" || !_stored.ContainsKey((depth, norm + ".bias")))
        {
            return own.MoveToOuterDisposeScope();
        }

        Tensor weight = Stored(depth, module + ".weight");
        return (own + mv(isTransposed ? weight.t() : weight, Stored(depth, norm + ".bias"))).MoveToOuterDisposeScope();
    }

    private Tensor Stored(int depth, string suffix)
    {
        using DisposeScope scope = NewDisposeScope();
        OutputTensor tensor = _stored[(depth, suffix)];
        Tensor value = _files.View(tensor.Source).to(ScalarType.Float64);
        value = tensor.Gain == 1 ? value
            : tensor.Place == GainPlace.WeightPlusOne ? ((value + 1) * tensor.Gain) - 1
            : value * tensor.Gain;
        return value.isfinite().all().item<bool>()
            ? value.MoveToOuterDisposeScope()
            : throw new LayerToolException(
                $"{tensor.Source.File}: tensor {Quoted.Text(tensor.Source.Name)} holds a value that is no finite number",
                "mend the checkpoint: a mean over it would spread the fault to every layer that shares it");
    }

}
