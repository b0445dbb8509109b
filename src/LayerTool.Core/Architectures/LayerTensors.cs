namespace LayerTool.Architectures;

/// <summary>Works out the tensors of one layer: names and shapes, the half that each belongs to, and where a half's gain goes.</summary>
internal sealed class LayerTensors(ModelConfig config, int index)
{
    private readonly ArchitectureSpec _spec = config.Architecture;
    private readonly TensorNames _names = config.Architecture.Names;
    private readonly LayerConfig _layer = config.Layers[index];
    private readonly long _hidden = config.HiddenSize;
    private readonly long _queries = (long)config.AttentionHeads * config.Layers[index].HeadDim;
    private readonly long _keys = (long)config.Layers[index].KvHeads * config.Layers[index].HeadDim;

    /// <summary>Whether a norm follows each half, whose weight takes the half's gain: it would undo a gain in front of it.</summary>
    private bool NormTakesGain => _spec.Block.HasNormAfter();

    private GainPlace OutputGain => NormTakesGain ? GainPlace.None : GainPlace.Weight;

    public IEnumerable<ExpectedTensor> All() =>
    [
        .. Norms(TensorRole.Attention, _names.AttentionNorm, _names.AttentionOutputNorm).Where(tensor => _layer.HasAttention || tensor.Role == TensorRole.Layer),
        .. _layer.HasAttention ? Mixer() : [],
        .. Norms(TensorRole.Mlp, _names.MlpNorm, _names.MlpOutputNorm).Where(tensor => _layer.HasMlp || tensor.Role == TensorRole.Layer),
        .. !_layer.HasMlp ? [] : _layer.HasExperts ? Experts(_spec.Experts!, config.Experts!) : Mlp(),
        .. Beside(),
    ];

    private IEnumerable<ExpectedTensor> Mixer() => _layer.Mixer switch
    {
        TokenMixer.GatedDelta => GatedDelta(_spec.GatedDelta!, config.GatedDelta!),
        TokenMixer.ShortConvolution => ShortConvolution(_spec.ShortConvolution!),
        _ when _spec.Attention.Latent is LatentSpec latent => Latent(latent, config.Latent!),
        _ => Attention(),
    };

    private IEnumerable<ExpectedTensor> Norms(TensorRole half, string before, string after)
    {
        IEnumerable<ExpectedTensor> Norm(string module, TensorRole role, GainPlace gain) => ExpectedTensors.Parts(_spec.Norm)
            .Select(part => Tensor(module + part, role, _hidden) with { Gain = gain == GainPlace.WeightPlusOne && part == ".bias" ? GainPlace.Weight : gain });

        if (_spec.Block.HasNormBefore() && (half == TensorRole.Attention || _spec.Block != BlockShape.ParallelOneNorm))
        {
            foreach (ExpectedTensor tensor in Norm(before, _spec.Block == BlockShape.ParallelOneNorm ? TensorRole.Layer : half, GainPlace.None))
            {
                yield return tensor;
            }
        }

        if (NormTakesGain || _spec.Block == BlockShape.NormOnStream)
        {
            GainPlace gain = !NormTakesGain ? GainPlace.None : _spec.Norm.WeightPlusOne ? GainPlace.WeightPlusOne : GainPlace.Weight;
            foreach (ExpectedTensor tensor in Norm(after, NormTakesGain ? half : TensorRole.Layer, gain))
            {
                yield return tensor;
            }
        }
    }

    private IEnumerable<ExpectedTensor> Attention()
    {
        const TensorRole role = TensorRole.Attention;
        bool reads = _layer.Kv == KvRole.Read;
        long queryRows = _spec.Attention.OutputGate ? 2 * _queries : _queries;
        return
        [
            .. _spec.Attention.Layout != QkvLayout.Separate
                ? Projection(_names.QueryKeyValue, role, queryRows + (2 * _keys), _hidden, config.QkvBias)
                :
                [
                    .. Projection(_names.Query, role, queryRows, _hidden, config.QkvBias),
                    .. reads ? [] : Projection(_names.Key, role, _keys, _hidden, config.QkvBias),
                    .. reads ? [] : Projection(_names.Value, role, _keys, _hidden, config.QkvBias),
                ],
            .. Projection(_names.AttentionOutput, role, _hidden, _queries, config.AttentionOutputBias, OutputGain),
            .. QkNorm(_names.QueryNorm, config.AttentionHeads),
            .. reads ? [] : QkNorm(_names.KeyNorm, _layer.KvHeads),
            .. _spec.Attention.Sinks ? [Tensor(_names.Sinks, role, config.AttentionHeads)] : Array.Empty<ExpectedTensor>(),
        ];
    }

    private IEnumerable<ExpectedTensor> QkNorm(string module, int heads)
    {
        if (_spec.Attention.QkNorm is not QkNormSpec qkNorm)
        {
            return [];
        }

        long width = _layer.HeadDim;
        return ExpectedTensors.Parts(qkNorm.Norm).SelectMany(part => qkNorm.Span switch
        {
            QkNormSpan.RowPerHead => [Tensor(module + part, TensorRole.Attention, heads, width)],
            QkNormSpan.TensorPerHead => Enumerable.Range(0, heads).Select(head => Tensor(PerHead(module, head) + part, TensorRole.Attention, width)),
            QkNormSpan.Projection => [Tensor(module + part, TensorRole.Attention, heads * width)],
            _ => (IEnumerable<ExpectedTensor>)[Tensor(module + part, TensorRole.Attention, width)],
        });
    }

    /// <summary>The module that norms one head, where each has its own.</summary>
    public static string PerHead(string module, int head) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{module}.norms.{head}");

    private IEnumerable<ExpectedTensor> Latent(LatentSpec names, LatentConfig sizes)
    {
        const TensorRole role = TensorRole.Attention;
        long heads = config.AttentionHeads;
        return
        [
            .. sizes.QueryRank is int rank
                ?
                [
                    .. Projection(names.QueryDown, role, rank, _hidden, config.QkvBias),
                    Tensor(names.QueryNorm + ".weight", role, rank),
                    .. Projection(names.QueryUp, role, heads * sizes.HeadDim, rank, bias: false),
                ]
                : Projection(_names.Query, role, heads * sizes.HeadDim, _hidden, bias: false),
            .. Projection(names.KvDown, role, sizes.KvRank + sizes.RotatedWidth, _hidden, config.QkvBias),
            Tensor(names.KvNorm + ".weight", role, sizes.KvRank),
            .. Projection(names.KvUp, role, heads * (sizes.PlainWidth + sizes.ValueWidth), sizes.KvRank, bias: false),
            .. Projection(_names.AttentionOutput, role, _hidden, heads * sizes.ValueWidth, config.AttentionOutputBias, OutputGain),
        ];
    }

    private IEnumerable<ExpectedTensor> GatedDelta(GatedDeltaSpec names, GatedDeltaConfig sizes)
    {
        const TensorRole role = TensorRole.Attention;
        long mixed = (2L * sizes.KeyWidth) + sizes.ValueWidth;
        return
        [
            .. names.Packed
                ?
                [
                    .. Projection(names.Prefix + "in_proj_qkvz", role, mixed + sizes.ValueWidth, _hidden, bias: false),
                    .. Projection(names.Prefix + "in_proj_ba", role, 2L * sizes.ValueHeads, _hidden, bias: false),
                ]
                : (IEnumerable<ExpectedTensor>)
                [
                    .. Projection(names.Prefix + "in_proj_qkv", role, mixed, _hidden, bias: false),
                    .. Projection(names.Prefix + "in_proj_z", role, sizes.ValueWidth, _hidden, bias: false),
                    .. Projection(names.Prefix + "in_proj_b", role, sizes.ValueHeads, _hidden, bias: false),
                    .. Projection(names.Prefix + "in_proj_a", role, sizes.ValueHeads, _hidden, bias: false),
                ],
            Tensor(names.Prefix + "conv1d.weight", role, mixed, 1, sizes.Kernel),
            Tensor(names.Prefix + "A_log", role, sizes.ValueHeads),
            Tensor(names.Prefix + "dt_bias", role, sizes.ValueHeads),
            Tensor(names.Prefix + "norm.weight", role, sizes.ValueDim),
            .. Projection(names.Prefix + "out_proj", role, _hidden, sizes.ValueWidth, bias: false, OutputGain),
        ];
    }

    private IEnumerable<ExpectedTensor> ShortConvolution(ShortConvolutionSpec names)
    {
        const TensorRole role = TensorRole.Attention;
        bool bias = config.ConvolutionBias;
        return
        [
            .. Projection(names.Prefix + "in_proj", role, 3 * _hidden, _hidden, bias),
            Tensor(names.Prefix + "conv.weight", role, _hidden, 1, config.ConvolutionKernel!.Value),
            .. bias ? [Tensor(names.Prefix + "conv.bias", role, _hidden)] : Array.Empty<ExpectedTensor>(),
            .. Projection(names.Prefix + "out_proj", role, _hidden, _hidden, bias, OutputGain),
        ];
    }

    private IEnumerable<ExpectedTensor> Mlp()
    {
        const TensorRole role = TensorRole.Mlp;
        long inner = _layer.IntermediateSize;
        return
        [
            .. _spec.Mlp.Kind == MlpKind.Gated ? Projection(_names.Gate, role, inner, _hidden, config.MlpBias) : [],
            .. _spec.Mlp.Kind == MlpKind.GatedFused
                ? Projection(_names.GateUp, role, 2 * inner, _hidden, config.MlpBias)
                : Projection(_names.Up, role, inner, _hidden, config.MlpBias),
            .. Projection(_names.MlpOutput, role, _hidden, inner, config.MlpBias, OutputGain),
            .. config.Activation == Activation.XIelu
                ?
                [
                    Tensor(_names.ActivationNumbers + "alpha_p", role, 1),
                    Tensor(_names.ActivationNumbers + "alpha_n", role, 1),
                    Tensor(_names.ActivationNumbers + "beta", role),
                    Tensor(_names.ActivationNumbers + "eps", role),
                ]
                : Array.Empty<ExpectedTensor>(),
        ];
    }

    private IEnumerable<ExpectedTensor> Experts(ExpertsSpec names, ExpertsConfig sizes)
    {
        const TensorRole role = TensorRole.Mlp;
        long inner = sizes.IntermediateSize;
        return
        [
            .. Projection(names.Router, role, sizes.Count, _hidden, names.RouterBias),
            .. names.Correction is string correction ? [Tensor(correction, role, sizes.Count)] : Array.Empty<ExpectedTensor>(),
            .. (names.Layout switch
            {
                ExpertLayout.Stacked => (IEnumerable<ExpectedTensor>)
                [
                    Tensor(names.StackedGateUp!, role, sizes.Count, 2 * inner, _hidden),
                    Tensor(names.StackedDown!, role, sizes.Count, _hidden, inner) with { Gain = OutputGain },
                ],
                ExpertLayout.StackedTransposed =>
                [
                    Tensor(names.StackedGateUp!, role, sizes.Count, _hidden, 2 * inner),
                    Tensor(names.StackedDown!, role, sizes.Count, inner, _hidden) with { Gain = OutputGain },
                ],
                ExpertLayout.StackedInterleaved =>
                [
                    Tensor(names.StackedGateUp!, role, sizes.Count, _hidden, 2 * inner),
                    Tensor(names.StackedGateUp + "_bias", role, sizes.Count, 2 * inner),
                    Tensor(names.StackedDown!, role, sizes.Count, inner, _hidden) with { Gain = OutputGain },
                    Tensor(names.StackedDown + "_bias", role, sizes.Count, _hidden) with { Gain = OutputGain },
                ],
                _ => Enumerable.Range(0, sizes.Count).SelectMany(expert => Gated(names.InExpert(expert), names, inner)),
            }).Select(tensor => tensor with { UsedShare = (sizes.PerToken, sizes.Count) }),
            .. sizes.SharedIntermediateSize > 0
                ?
                [
                    .. Gated(names.Shared + ".", ExpertsSpec.SharedNames, sizes.SharedIntermediateSize),
                    .. names.SharedGate is string gate ? Projection(gate, role, 1, _hidden, bias: false) : [],
                ]
                : Array.Empty<ExpectedTensor>(),
        ];
    }

    private IEnumerable<ExpectedTensor> Gated(string prefix, ExpertsSpec names, long inner) =>
    [
        .. Projection(prefix + names.Gate, TensorRole.Mlp, inner, _hidden, bias: false),
        .. Projection(prefix + names.Up, TensorRole.Mlp, inner, _hidden, bias: false),
        .. Projection(prefix + names.Down, TensorRole.Mlp, _hidden, inner, bias: false, OutputGain),
    ];

    private IEnumerable<ExpectedTensor> Beside()
    {
        if (_spec.LayerInputs is LayerInputSpec inputs && config.LayerInputSize > 0)
        {
            foreach (ExpectedTensor tensor in Projection(inputs.Gate, TensorRole.Layer, config.LayerInputSize, _hidden, bias: false)
                .Concat(Projection(inputs.Output, TensorRole.Layer, _hidden, config.LayerInputSize, bias: false)))
            {
                yield return tensor;
            }

            yield return Tensor(inputs.Norm + ".weight", TensorRole.Layer, _hidden);
        }

        if (_spec.LayerScalar is string scalar)
        {
            yield return Tensor(scalar, TensorRole.Layer, 1);
        }
    }

    private IEnumerable<ExpectedTensor> Projection(string module, TensorRole role, long output, long input, bool bias, GainPlace gain = GainPlace.None)
    {
        long[] shape = _spec.TransposedWeights ? [input, output] : [output, input];
        yield return Tensor(module + ".weight", role, shape) with { Gain = gain, IsProjection = true };
        if (bias)
        {
            yield return Tensor(module + ".bias", role, output) with { Gain = gain };
        }
    }

    private ExpectedTensor Tensor(string name, TensorRole role, params long[] shape) => new(_names.InLayer(index, name), [.. shape], role, index);
}
