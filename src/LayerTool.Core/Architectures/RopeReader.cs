using System.Collections.Immutable;
using LayerTool.Faults;

namespace LayerTool.Architectures;

/// <summary>
/// Reads rotary position embedding of either dialect: <c>rope_parameters</c> (for all layers, or by layer kind), or <c>rope_theta</c>
/// and <c>rope_scaling</c>.
/// </summary>
internal sealed class RopeReader
{
    private readonly ConfigJson _raw;
    private readonly ArchitectureSpec _spec;
    private readonly int _contextLength;
    private readonly ImmutableArray<LayerConfig> _layers;
    private readonly LatentConfig? _latent;

    public RopeReader(ConfigJson raw, ArchitectureSpec spec, int contextLength, ImmutableArray<LayerConfig> layers, LatentConfig? latent)
    {
        _raw = raw;
        _spec = spec;
        _contextLength = contextLength;
        _layers = layers;
        _latent = latent;
        Main = spec.Positions.Rotation == RotationRule.None ? new RopeConfig { Width = 0 } : ReadMain();
        Local = spec.Positions.Rotation == RotationRule.LocalForSliding && layers.Any(layer => layer.Rotation == LayerRotation.Local) ? ReadLocal() : null;
        if (spec.Positions.ScalesUnrotatedQueries && (raw.Flag("attn_temperature_tuning") ?? true))
        {
            QueryScaling = new QueryScaling(raw.Number("attn_scale") ?? 0.1, raw.Size("floor_scale") ?? 8192, Offset: 1, UnrotatedOnly: true);
        }
    }

    /// <summary>The RoPE of all layers but sliding ones that have their own.</summary>
    public RopeConfig Main { get; }

    /// <summary>The RoPE of sliding layers, where it is one of their own.</summary>
    public RopeConfig? Local { get; }

    /// <summary>Factor on the scores: DeepSeek's square of YaRN's m.</summary>
    public double ScoreFactor { get; private set; } = 1;

    /// <summary>How queries grow with their position; null where they do not.</summary>
    public QueryScaling? QueryScaling { get; private set; }

    private PositionSpec Positions => _spec.Positions;

    private RopeConfig ReadMain()
    {
        // A rope_scaling that is not null replaces rope_parameters as a whole; θ inside it wins over the one outside.
        ConfigJson? rope = _raw.Object("rope_scaling") ?? _raw.Object("rope_parameters");
        if (rope is null && Positions.Required)
        {
            throw _raw.Missing("rope_parameters");
        }

        if (rope is not null && (rope.Has(LayerKinds.Full) || rope.Has(LayerKinds.Sliding)))
        {
            if (Positions.Rotation != RotationRule.LocalForSliding)
            {
                throw new LayerToolException($"{_raw.File}: `rope_parameters` differ by layer type, which a {_spec.DisplayName} model does not have here", ConfigJson.OnlyEdited);
            }

            rope = rope.Object(LayerKinds.Full);
        }

        return Read(rope, LayerRotation.Main, _raw.Number(Positions.ThetaKey) ?? Positions.DefaultTheta);
    }

    private RopeConfig ReadLocal() => _raw.Object("rope_parameters")?.Object(LayerKinds.Sliding) is ConfigJson own
        ? Read(own, LayerRotation.Local, Positions.DefaultLocalTheta ?? Main.Theta)
        : Read(null, LayerRotation.Local, _raw.Number("rope_local_base_freq") ?? Positions.DefaultLocalTheta ?? Main.Theta);

    private RopeConfig Read(ConfigJson? rope, LayerRotation rotation, double outerTheta)
    {
        double theta = rope?.Number("rope_theta") ?? outerTheta;
        if (theta <= 1)
        {
            throw (rope?.Has("rope_theta") == true ? rope : _raw).Wrong("rope_theta", "a number above 1");
        }

        if (rotation == LayerRotation.Main && rope?.Number("llama_4_scaling_beta") is double beta and not 0)
        {
            QueryScaling = new QueryScaling(beta, rope.Size("original_max_position_embeddings") ?? _contextLength, Offset: 0, UnrotatedOnly: false);
        }

        double share = Share(rope);
        string type = rope?.Text("rope_type") ?? rope?.Text("type") ?? "default";
        int headDim = HeadDim(rotation);
        RopeConfig plain = new()
        {
            Width = Width(headDim, type == "proportional" ? 1 : share),
            Interleaved = Positions.Interleaved,
            Theta = theta,
        };
        return rope is null ? plain : Scaled(plain, rope, type, share);
    }

    private RopeConfig Scaled(RopeConfig plain, ConfigJson rope, string type, double share)
    {
        switch (type)
        {
            case "default" or "mrope": // the latter gives each token three positions, which are equal where there is only text
                return plain;
            case "proportional":
                return plain with { Kind = RopeKind.Proportional, TurnedPairs = (int)(share * plain.Width / 2) };
            case "linear":
                return plain with { Kind = RopeKind.Linear, Factor = Factor(rope) };
            case "dynamic" when Positions.AlphaScaling && rope.Number("alpha") is double alpha and > 0:
                return plain with { Theta = plain.Theta * Math.Pow(alpha, plain.Width / (plain.Width - 2.0)) };
            case "dynamic":
                return plain with { Kind = RopeKind.Dynamic, Factor = Factor(rope), OriginalContextLength = _contextLength };
            case "llama3":
                return plain with
                {
                    Kind = RopeKind.Llama3,
                    Factor = Factor(rope),
                    LowFrequencyFactor = rope.RequiredNumber("low_freq_factor"),
                    HighFrequencyFactor = rope.RequiredNumber("high_freq_factor"),
                    OriginalContextLength = rope.RequiredSize("original_max_position_embeddings"),
                };
            case "yarn":
                return Yarn(plain, rope);
            case "longrope" or "su":
                return LongRope(plain, rope);
            default:
                throw rope.Refused(rope.Has("rope_type") ? "rope_type" : "type", $"a RoPE scaling that LayerTool does not have for {_spec.DisplayName}");
        }
    }

    private RopeConfig Yarn(RopeConfig plain, ConfigJson rope)
    {
        double factor = Factor(rope);
        double Scale(double weight) => factor <= 1 ? 1 : (0.1 * weight * Math.Log(factor)) + 1;

        // The quotient of two such terms where both keys are there (DeepSeek's form).
        double? mscale = rope.Number("mscale"), mscaleAll = rope.Number("mscale_all_dim");
        double attentionFactor = rope.Number("attention_factor") ?? (mscale is double one and not 0 && mscaleAll is double all and not 0 ? Scale(one) / Scale(all) : Scale(1));
        if (Positions.ScoresScaledByYarn && mscaleAll is double weight and not 0)
        {
            ScoreFactor = Scale(weight) * Scale(weight);
        }

        return plain with
        {
            Kind = RopeKind.Yarn,
            Factor = factor,
            BetaFast = rope.Number("beta_fast") ?? 32,
            BetaSlow = rope.Number("beta_slow") ?? 1,
            Truncate = rope.Flag("truncate") ?? true,
            OriginalContextLength = rope.Size("original_max_position_embeddings") ?? _contextLength,
            AttentionFactor = attentionFactor,
        };
    }

    private RopeConfig LongRope(RopeConfig plain, ConfigJson rope)
    {
        ImmutableArray<double> Factors(string key)
        {
            ImmutableArray<double> factors = [.. rope.Numbers(key) ?? throw rope.Missing(key)];
            return factors.Length == plain.Width / 2 && factors.All(factor => factor > 0)
                ? factors
                : throw rope.Wrong(key, $"{plain.Width / 2} numbers above 0, one for each pair of dimensions that turns");
        }

        foreach (string key in (string[])["short_mscale", "long_mscale"])
        {
            if (rope.Has(key))
            {
                throw rope.Refused(key, "a scale of LongRoPE that LayerTool does not have");
            }
        }

        int? given = rope.Size("original_max_position_embeddings") ?? _raw.Size("original_max_position_embeddings");
        int original = given ?? _contextLength;
        double growth = given is null ? rope.Number("factor") ?? 1 : (double)_contextLength / original;
        return plain with
        {
            Kind = RopeKind.LongRope,
            Factors = new RopeFactors(Factors("short_factor"), Factors("long_factor")),
            OriginalContextLength = original,
            AttentionFactor = rope.Number("attention_factor") ?? (growth <= 1 ? 1 : Math.Sqrt(1 + (Math.Log(growth) / Math.Log(original)))),
        };
    }

    private double Share(ConfigJson? rope)
    {
        double? said = rope?.Number("partial_rotary_factor") ?? _raw.Number("partial_rotary_factor");
        if (Positions.FractionKey is null)
        {
            return (said ?? 1) == 1
                ? 1
                : throw new LayerToolException($"{_raw.File}: `partial_rotary_factor` is not 1, which a {_spec.DisplayName} model does not have here", ConfigJson.OnlyEdited);
        }

        double share = said ?? (Positions.OldFractionKey is string old ? _raw.Number(old) : null) ?? Positions.DefaultFraction;
        return share is > 0 and <= 1
            ? share
            : throw new LayerToolException($"{_raw.File}: `{Positions.FractionKey}` is {share}, expected a number above 0 and up to 1", ConfigJson.OwnConfig);
    }

    private int Width(int headDim, double share)
    {
        int width = _latent?.RotatedWidth ?? (Positions.WidthKey is string key ? _raw.Size(key) ?? headDim : (int)(headDim * share));
        return width % 2 == 0 && width > 0 && width <= (_latent?.RotatedWidth ?? headDim)
            ? width
            : throw new LayerToolException($"{_raw.File}: {width} of the {headDim} dimensions of a head turn, expected an even number of them: rotary position embedding turns pairs", ConfigJson.OwnConfig);
    }

    private int HeadDim(LayerRotation rotation)
    {
        int[] widths = [.. _layers.Where(layer => layer.Rotation == rotation && layer.Mixer == TokenMixer.Attention).Select(layer => layer.HeadDim).Distinct()];
        return widths.Length <= 1
            ? widths.FirstOrDefault(_layers.IsEmpty ? 2 : _layers[0].HeadDim)
            : throw new LayerToolException($"{_raw.File}: layers that share a rotary position embedding have heads of different widths ({string.Join(", ", widths)})", ConfigJson.OnlyEdited);
    }

    private static double Factor(ConfigJson rope)
    {
        double factor = rope.RequiredNumber("factor");
        return factor > 0 ? factor : throw rope.Wrong("factor", "a number above 0");
    }
}
