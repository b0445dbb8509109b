namespace LayerTool.Generation;

/// <summary>
/// How the next token is drawn. The settings act in the order of the properties, each on what the ones before it left, as those
/// of transformers do. By default nothing is drawn: the likeliest token is taken.
/// </summary>
public sealed record SamplingSettings
{
    /// <summary>
    /// Logits of tokens that the text holds already, its prompt included, are divided by this where positive and multiplied where
    /// negative (CTRL, Keskar et al. 2019); above 0, 1 for none.
    /// </summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Logits are divided by this; 0 takes the likeliest token, the first one on a tie, whatever the settings below are.</summary>
    public double Temperature { get; init; }

    /// <summary>Only this many of the likeliest tokens, and those as likely as the last of them; 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>Only the likeliest tokens that have this much probability together (Holtzman et al. 2020); above 0, 1 for all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Only tokens of at least this share of the likeliest one's probability (Nguyen et al. 2024); 0 to 1, 0 for all.</summary>
    public double MinP { get; init; }

    /// <summary>Where the random numbers begin. A text depends on its prompt, the settings and this, not on the prompts beside it.</summary>
    public long Seed { get; init; }
}
