using System.Collections.Immutable;
using LayerTool.Architectures;
using LayerTool.Faults;

namespace LayerTool.Tying;

/// <summary>
/// Which norms of a family can be multiplied into the matrices that read them, W ← W diag(g), g ← 1, and c ← c + W b, b ← 0 where
/// the norm has a bias: the model computes the same. Not those that no matrix reads directly: norms of queries and keys (RoPE and
/// softmax come after), of a half's output and of the stream.
/// </summary>
internal sealed class NormFolding
{
    private readonly ArchitectureSpec _spec;
    private readonly HashSet<string> _attentionReaders;
    private readonly HashSet<string> _mlpReaders;
    private readonly ImmutableArray<string> _norms;

    /// <param name="spec">The family.</param>
    public NormFolding(ArchitectureSpec spec)
    {
        _spec = spec;
        TensorNames names = spec.Names;
        LatentSpec? latent = spec.Attention.Latent;
        _attentionReaders = [names.Query, names.Key, names.Value, names.QueryKeyValue];
        _attentionReaders.UnionWith(latent is null ? [] : [latent.QueryDown, latent.KvDown]);
        _mlpReaders = [names.Gate, names.Up, names.GateUp];
        _norms = [names.AttentionNorm, names.AttentionOutputNorm, names.MlpNorm, names.MlpOutputNorm, names.QueryNorm, names.KeyNorm, .. latent is null ? Array.Empty<string>() : [latent.QueryNorm, latent.KvNorm]];
    }

    /// <summary>Whether weights of the norms stand for 1 + w.</summary>
    public bool IsPlusOne => _spec.Norm.WeightPlusOne;

    /// <summary>Whether a tensor of a layer is part of a norm that is folded.</summary>
    public bool IsFolded(string suffix) => _spec.Block.HasNormBefore() && Before().Any(norm => IsOf(suffix, norm));

    /// <summary>The norm that a projection reads, or null.</summary>
    /// <param name="module">Path of the projection.</param>
    public string? NormOf(string module) => !_spec.Block.HasNormBefore() ? null
        : _attentionReaders.Contains(module) ? _spec.Names.AttentionNorm
        : _mlpReaders.Contains(module) ? MlpNorm
        : null;

    /// <summary>Refuses a family whose norms cannot all be folded.</summary>
    /// <param name="suffixes">Tensors of a layer.</param>
    /// <exception cref="LayerToolException">Each norm that stands against it.</exception>
    public void Require(IReadOnlySet<string> suffixes)
    {
        string[] kept = [.. suffixes.Where(suffix => _norms.Any(norm => IsOf(suffix, norm)) && !IsFolded(suffix)).Order(StringComparer.Ordinal)];
        if (kept.Length > 0)
        {
            throw new LayerToolException(
                $"norms of {_spec.DisplayName} that no matrix reads directly cannot be folded: {string.Join(", ", kept.Select(Quoted.Text))}",
                "keep them by depth: `--norms per-depth`");
        }

        string[] noBias = [.. suffixes
            .Where(suffix => suffix.EndsWith(".weight", StringComparison.Ordinal))
            .Select(suffix => suffix[..^".weight".Length])
            .Where(module => NormOf(module) is string norm && suffixes.Contains(norm + ".bias") && !suffixes.Contains(module + ".bias"))
            .Order(StringComparer.Ordinal)];
        if (noBias.Length > 0)
        {
            throw new LayerToolException(
                $"the norms of {_spec.DisplayName} have biases, which cannot be folded into projections without one: {string.Join(", ", noBias.Select(Quoted.Text))}",
                "keep them by depth: `--norms per-depth`");
        }
    }

    private string MlpNorm => _spec.Block == BlockShape.ParallelOneNorm ? _spec.Names.AttentionNorm : _spec.Names.MlpNorm;

    private IEnumerable<string> Before() => [_spec.Names.AttentionNorm, MlpNorm];

    private static bool IsOf(string suffix, string module) => module.Length > 0 && suffix.StartsWith(module + ".", StringComparison.Ordinal);
}
