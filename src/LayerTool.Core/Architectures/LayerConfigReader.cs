using System.Collections.Immutable;
using LayerTool.Faults;

namespace LayerTool.Architectures;

/// <summary>Reads what config.json says of single layers.</summary>
internal static class LayerConfigReader
{
    /// <summary>One entry a layer.</summary>
    /// <param name="raw">config.json.</param>
    /// <param name="spec">The family.</param>
    /// <param name="count">Number of layers.</param>
    /// <param name="common">What holds for a layer where nothing says otherwise.</param>
    public static ImmutableArray<LayerConfig> Read(ConfigJson raw, ArchitectureSpec spec, int count, LayerSizes common)
    {
        LayerOverrides.RequireKnown(raw);
        ImmutableArray<LayerOverride> overrides = LayerOverrides.Read(raw, count);
        string[] kinds = Kinds(raw, spec, count);
        int? window = kinds.Contains(LayerKinds.Sliding) ? Window(raw, spec, kinds) : null;
        int shared = spec.Attention.SharedKvKey is string key ? raw.Index(key) ?? 0 : 0;
        if (shared > 0 && shared >= count)
        {
            throw raw.Wrong(spec.Attention.SharedKvKey!, $"less than the {count} layers");
        }

        // Of each kind the last layer with keys and values of its own gives them.
        Dictionary<string, int> givers = kinds.Take(count - shared).Index().GroupBy(layer => layer.Item, layer => layer.Index).ToDictionary(group => group.Key, group => group.Last());
        ImmutableArray<LayerConfig>.Builder layers = ImmutableArray.CreateBuilder<LayerConfig>(count);
        for (int layer = 0; layer < count; layer++)
        {
            bool slides = kinds[layer] == LayerKinds.Sliding;
            layers.Add(Sized(raw, spec, layer, common, overrides[layer]) with
            {
                SlidingWindow = slides ? window : null,
                ChunkSize = kinds[layer] == LayerKinds.Chunked ? raw.Size(spec.ChunkKey!) ?? (raw.Mentions(spec.ChunkKey!) ? throw raw.Missing(spec.ChunkKey!) : spec.DefaultChunkSize) : null,
                Mixer = kinds[layer] switch
                {
                    LayerKinds.Linear => TokenMixer.GatedDelta,
                    LayerKinds.Convolution => TokenMixer.ShortConvolution,
                    _ => TokenMixer.Attention,
                },
                Rotation = Rotation(raw, spec, layer, slides),
                HasExperts = spec.Experts is ExpertsSpec experts && HasExperts(raw, experts.Layers, layer),
                ScoreDivisor = spec.Attention.ScaleByIndex ? layer + 1 : 1,
                Kv = layer >= count - shared ? KvRole.Read
                    : shared > 0 && givers[kinds[layer]] == layer ? KvRole.Given
                    : KvRole.Own,
            });
        }

        return layers.MoveToImmutable();
    }

    private static string[] Kinds(ConfigJson raw, ArchitectureSpec spec, int count)
    {
        IReadOnlyList<string>? types = raw.Texts("layer_types");
        if (types is not null && types.Count != count)
        {
            throw new LayerToolException($"{raw.File}: `layer_types` has {types.Count} entries, expected one for each of the {count} layers", ConfigJson.OwnConfig);
        }

        bool Has(string kind) => kind switch
        {
            LayerKinds.Full or LayerKinds.Sliding => true,
            LayerKinds.Chunked => spec.ChunkKey is not null,
            LayerKinds.Linear => spec.GatedDelta is not null,
            LayerKinds.Convolution => spec.ShortConvolution is not null,
            _ => false,
        };

        if (types?.FirstOrDefault(type => !Has(type)) is string unknown)
        {
            throw raw.Refused("layer_types", $"layers of the type `{unknown}` are not of this family");
        }

        string[] kinds = new string[count];
        for (int layer = 0; layer < count; layer++)
        {
            kinds[layer] = spec.LayerTypesDecide && types is not null ? types[layer] : spec.Kinds(raw, layer);
            if (types is not null && types[layer] != kinds[layer])
            {
                throw raw.Refused("layer_types", $"layer {layer} is `{types[layer]}`, which contradicts the window that a {spec.DisplayName} model has there");
            }
        }

        return kinds;
    }

    private static int Window(ConfigJson raw, ArchitectureSpec spec, string[] kinds)
    {
        bool off = spec.WindowSwitch is string flag && !(raw.Flag(flag) ?? false);
        int? window = off ? null : raw.Size(spec.WindowKey) ?? (raw.Mentions(spec.WindowKey) ? null : spec.DefaultSlidingWindow);
        return window ?? throw new LayerToolException(
            $"{raw.File}: layer {Array.IndexOf(kinds, LayerKinds.Sliding)} slides, but {(spec.WindowSwitch is string name ? $"`{name}` and " : "")}`{spec.WindowKey}` give no window",
            ConfigJson.OwnConfig);
    }

    private static LayerRotation Rotation(ConfigJson raw, ArchitectureSpec spec, int layer, bool slides)
    {
        bool rotates = spec.Positions.Rotation switch
        {
            RotationRule.None => false,
            RotationRule.SlidingOnly => slides || !(raw.Has(spec.WindowKey) || (spec.DefaultSlidingWindow is not null && !raw.Mentions(spec.WindowKey))),
            RotationRule.ByNoRopeLayers => LayerKinds.Rotates(raw, layer),
            _ => true,
        };
        return !rotates ? LayerRotation.None
            : slides && spec.Positions.Rotation == RotationRule.LocalForSliding ? LayerRotation.Local
            : LayerRotation.Main;
    }

    private static bool HasExperts(ConfigJson raw, ExpertLayers rule, int layer) => rule switch
    {
        ExpertLayers.SparseStep => !raw.Lists("mlp_only_layers", layer) && (layer + 1) % (raw.Size("decoder_sparse_step") ?? 1) == 0,
        ExpertLayers.Listed => raw.Has("moe_layers")
            ? raw.Lists("moe_layers", layer)
            : (layer + 1) % (raw.Size("interleave_moe_layer_step") ?? 1) == 0,
        ExpertLayers.AfterFirstDense => layer >= (raw.Index("first_k_dense_replace") ?? 0) && layer % (raw.Size("moe_layer_freq") ?? 1) == 0,
        _ => true,
    };

    /// <summary>The sizes of a layer, with what config.json says of it alone.</summary>
    private static LayerConfig Sized(ConfigJson raw, ArchitectureSpec spec, int layer, LayerSizes common, LayerOverride own)
    {
        int kvHeads = own.KvHeads ?? common.KvHeads;
        if (own.HasAttention && common.AttentionHeads % kvHeads != 0)
        {
            throw new LayerToolException(
                $"{raw.File}: `{spec.Keys.AttentionHeads}` ({common.AttentionHeads}) is not a multiple of the {kvHeads} key and value heads of layer {layer}",
                ConfigJson.OwnConfig);
        }

        return new LayerConfig
        {
            KvHeads = own.HasAttention ? kvHeads : 0,
            HeadDim = own.HeadDim ?? common.HeadDim,
            IntermediateSize = own.HasMlp ? own.IntermediateSize ?? common.IntermediateSize ?? throw raw.Missing(spec.Keys.IntermediateSize!) : 0,
        };
    }
}

/// <summary>The sizes that layers have where config.json says nothing of them alone.</summary>
internal readonly record struct LayerSizes(int AttentionHeads, int KvHeads, int HeadDim, int? IntermediateSize);
