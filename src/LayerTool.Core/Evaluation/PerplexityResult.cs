using System.Collections.Immutable;

namespace LayerTool.Evaluation;

/// <summary>What a plan scores on a text. Perplexities are e to the loss per unit, taken over all documents together.</summary>
/// <param name="Text">The text.</param>
/// <param name="WindowLosses">Sum over each window's predicted tokens, in nats, in the order of the text.</param>
/// <param name="Duration">Time that the forward passes took.</param>
public sealed record PerplexityResult(PerplexityText Text, ImmutableArray<double> WindowLosses, TimeSpan Duration)
{
    /// <summary>Negative log-likelihood of all predicted tokens, in nats.</summary>
    public double LossSum => WindowLosses.Sum();

    /// <summary>Tokens that were predicted.</summary>
    public long TokensPredicted => Text.Windows.Sum(window => (long)window.Predicted);

    /// <summary>Mean loss of a token, in nats.</summary>
    public double TokenLoss => LossSum / TokensPredicted;

    /// <summary>Perplexity of a token; depends on the tokenizer.</summary>
    public double TokenPerplexity => Math.Exp(TokenLoss);

    /// <summary>Perplexity of a word, by document only: comparable between tokenizers.</summary>
    public double? WordPerplexity => Text.Packed ? null : Math.Exp(LossSum / Text.Size.Words);

    /// <summary>Perplexity of a UTF-8 byte, by document only.</summary>
    public double? BytePerplexity => Text.Packed ? null : Math.Exp(LossSum / Text.Size.Bytes);

    /// <summary>Loss of a UTF-8 byte in bits, by document only.</summary>
    public double? BitsPerByte => Text.Packed ? null : LossSum / Text.Size.Bytes / Math.Log(2);

    /// <summary>Tokens that went through the model in a second.</summary>
    public double TokensPerSecond => Text.Windows.Sum(window => (double)window.InputLength) / Math.Max(Duration.TotalSeconds, 1e-9);
}
