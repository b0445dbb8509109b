using LayerTool.Evaluation;

namespace LayerTool.Cli.Measuring;

/// <summary>A result under the names that lm-evaluation-harness gives its metrics, and ours for what it has not.</summary>
internal static class PerplexityFields
{
    public static OrderedDictionary<string, object> Of(PerplexityResult result)
    {
        OrderedDictionary<string, object> fields = [];
        if (result.WordPerplexity is double word && result.BytePerplexity is double ofByte && result.BitsPerByte is double bits)
        {
            fields["word_perplexity,none"] = word;
            fields["byte_perplexity,none"] = ofByte;
            fields["bits_per_byte,none"] = bits;
        }

        fields["token_perplexity,none"] = result.TokenPerplexity;
        fields["nll_sum"] = result.LossSum;
        fields["tokens_predicted"] = result.TokensPredicted;
        fields["windows"] = result.Text.Windows.Length;
        fields["tokens_dropped"] = result.Text.TokensDropped;
        return fields;
    }

    /// <summary>The measures that tables show, in order: name, and value.</summary>
    public static IReadOnlyList<(string Name, double Value)> Shown(PerplexityResult result) =>
        result.WordPerplexity is double word && result.BytePerplexity is double ofByte && result.BitsPerByte is double bits
            ? [("token perplexity", result.TokenPerplexity), ("word perplexity", word), ("byte perplexity", ofByte), ("bits per byte", bits)]
            : [("token perplexity", result.TokenPerplexity)];
}
