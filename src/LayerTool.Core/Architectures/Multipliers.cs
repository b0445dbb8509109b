namespace LayerTool.Architectures;

/// <summary>Factors on the residual stream and the logits, by their keys in config.json.</summary>
public sealed record Multipliers
{
    /// <summary>Whether the embedding is multiplied by √hidden, rounded to the compute type.</summary>
    public bool EmbeddingByRoot { get; init; }

    /// <summary>Factor on the embedding.</summary>
    public string? EmbeddingKey { get; init; }

    /// <summary>Factor on what each half adds.</summary>
    public string? ResidualKey { get; init; }

    /// <summary>Factor on the logits.</summary>
    public string? LogitKey { get; init; }

    /// <summary>That factor where absent.</summary>
    public double DefaultLogit { get; init; } = 1;

    /// <summary>Divisor of the logits.</summary>
    public string? LogitDivisorKey { get; init; }

    /// <summary>Cap c of the logits: c · tanh(logit / c).</summary>
    public string? LogitSoftcapKey { get; init; }

    /// <summary>That cap where absent (null in the file means none).</summary>
    public double? DefaultLogitSoftcap { get; init; }
}
