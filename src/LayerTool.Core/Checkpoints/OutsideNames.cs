namespace LayerTool.Checkpoints;

/// <summary>Tells the tensors after the layers from those before them, by the words that families use.</summary>
internal static class OutsideNames
{
    private static readonly string[] AfterWords = ["lm_head", "head", "embed_out", "embedding_norm", "ln_f", "norm_f", "norm", "project_out", "output", "score"];

    /// <summary>Whether a tensor outside the layers is a final norm or a head; everything else travels with the embedding.</summary>
    public static bool IsAfter(string name)
    {
        foreach (Range part in name.AsSpan().Split('.'))
        {
            ReadOnlySpan<char> word = name.AsSpan()[part];
            if (word.StartsWith("final", StringComparison.Ordinal))
            {
                return true;
            }

            foreach (string after in AfterWords)
            {
                if (word.SequenceEqual(after))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
