using LayerTool.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>
/// Multi-head latent attention (DeepSeek-V2). A narrow normed state c gives all heads' keys and values; beside it one key with
/// positions turned in serves all heads. The cache holds the heads' keys and values. Letters as in <see cref="Attention"/>.
/// </summary>
internal sealed class LatentAttention : ITokenMixer
{
    private readonly ModelConfig _config;
    private readonly LatentConfig _sizes;
    private readonly RopeConfig _rope;
    private readonly Scores _scores;
    private readonly Projection? _query;
    private readonly Projection? _queryDown;
    private readonly Norm? _queryNorm;
    private readonly Projection? _queryUp;
    private readonly Projection _kvDown;
    private readonly Norm _kvNorm;
    private readonly Projection _kvUp;
    private readonly Projection _output;

    public LatentAttention(LayerReader read, ModelConfig config, int layer)
    {
        LatentSpec names = config.Architecture.Attention.Latent!;
        _config = config;
        _sizes = config.Latent!;
        _rope = config.Rope;
        _scores = new Scores(config, config.Layers[layer], sinks: null);
        if (_sizes.QueryRank is null)
        {
            _query = read.Projection(config.Architecture.Names.Query);
        }
        else
        {
            _queryDown = read.Projection(names.QueryDown);
            _queryNorm = read.Norm(names.QueryNorm, NormSpec.Rms, names.NormEpsilon);
            _queryUp = read.Projection(names.QueryUp);
        }

        _kvDown = read.Projection(names.KvDown);
        _kvNorm = read.Norm(names.KvNorm, NormSpec.Rms, names.NormEpsilon);
        _kvUp = read.Projection(names.KvUp);
        _output = read.Projection(config.Architecture.Names.AttentionOutput);
    }

    /// <inheritdoc />
    public Tensor Apply(Tensor state, ForwardPass pass, int slot)
    {
        using DisposeScope scope = NewDisposeScope();
        int heads = _config.AttentionHeads, plain = _sizes.PlainWidth, rotated = _sizes.RotatedWidth;
        Tensor projected = _query is Projection whole ? whole.Apply(state) : _queryUp!.Value.Apply(_queryNorm!.Apply(_queryDown!.Value.Apply(state)));
        Tensor query = Heads(projected, heads); // [B, Nq, T, plain + rotated]
        Tensor down = _kvDown.Apply(state); // [B, T, rank + rotated]
        Tensor up = Heads(_kvUp.Apply(_kvNorm.Apply(down.narrow(-1, 0, _sizes.KvRank))), heads); // [B, Nq, T, plain + value]

        // A key that is kept before the rotation, where frequencies depend on the length, is turned anew for all tokens.
        bool late = pass.Cache is not null && _rope.DependsOnLength;
        Tensor turnedQuery = cat([query.narrow(-1, 0, plain), Rotate(query.narrow(-1, plain, rotated), pass, all: false)], -1);
        Tensor shared = down.narrow(-1, _sizes.KvRank, rotated).unsqueeze(1); // [B, 1, T, rotated]
        shared = late ? shared : Rotate(shared, pass, all: false);
        Tensor key = cat([up.narrow(-1, 0, plain), shared.expand(-1, heads, -1, -1)], -1); // [B, Nq, T, plain + rotated]
        Tensor value = up.narrow(-1, plain, _sizes.ValueWidth);
        if (pass.Cache is not null)
        {
            (key, value) = pass.Cache.Append(slot, key, value); // [B, Nq, S, ..]
        }

        if (late)
        {
            key = cat([key.narrow(-1, 0, plain), Rotate(key.narrow(-1, plain, rotated), pass, all: true)], -1);
        }

        Tensor mixed = _scores.Mix(turnedQuery, key, value, pass); // [B, Nq, T, value]
        return _output.Apply(mixed.transpose(1, 2).flatten(2)).MoveToOuterDisposeScope();
    }

    private Tensor Rotate(Tensor heads, ForwardPass pass, bool all) => RotaryEmbedding.Rotate(heads, pass.Rope(_rope, all), _rope);

    private static Tensor Heads(Tensor projected, int heads) => projected.SplitLast(heads, projected.size(-1) / heads).transpose(1, 2);
}
