namespace LayerTool.Evaluation.Tasks;

/// <summary>What is measured of a document, under the harness's names.</summary>
public enum MetricKind
{
    /// <summary>Whether the likeliest choice is right; of a single answer whether it is the model's own first choice of tokens (<c>acc</c>).</summary>
    Accuracy,

    /// <summary>As accuracy, likelihood divided by the choice's characters (<c>acc_norm</c>).</summary>
    AccuracyByCharacters,

    /// <summary>As accuracy, likelihood divided by the choice's UTF-8 bytes (<c>acc_bytes</c>).</summary>
    AccuracyByBytes,

    /// <summary>As accuracy, less the likelihood of the choice on its own (<c>acc_mutual_info</c>).</summary>
    AccuracyByMutualInformation,

    /// <summary>Whether the answer is the target after cleaning; of choices whether the right one is the model's own first choice of tokens (<c>exact_match</c>).</summary>
    ExactMatch,

    /// <summary>Squared distance of the choices' probabilities from the right answer (<c>brier_score</c>).</summary>
    BrierScore,

    /// <summary>F1 of the second choice (<c>f1</c>).</summary>
    F1,

    /// <summary>Matthews correlation (<c>mcc</c>).</summary>
    Matthews,

    /// <summary>e to the mean loss of a document (<c>perplexity</c>).</summary>
    Perplexity,

    /// <summary>e to the loss of a word (<c>word_perplexity</c>).</summary>
    WordPerplexity,

    /// <summary>e to the loss of a byte (<c>byte_perplexity</c>).</summary>
    BytePerplexity,

    /// <summary>Loss of a byte in bits (<c>bits_per_byte</c>).</summary>
    BitsPerByte,

    /// <summary>e to the loss of a token; the harness has none (<c>token_perplexity</c>).</summary>
    TokenPerplexity,
}
