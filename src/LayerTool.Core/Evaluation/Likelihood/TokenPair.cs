using LayerTool.Faults;

namespace LayerTool.Evaluation.Likelihood;

/// <summary>Ids of a context and of what follows it.</summary>
/// <param name="Context">Ids of the context.</param>
/// <param name="Continuation">Ids whose likelihood is asked for.</param>
public readonly record struct TokenPair(int[] Context, int[] Continuation)
{
    /// <summary>Whether a model of that context length sees less than all of the context.</summary>
    public bool IsCut(int maxLength) => Context.Length + Continuation.Length > maxLength + 1;

    /// <summary>What goes through the model: cut at the left.</summary>
    /// <param name="maxLength">Tokens that the model reads at most.</param>
    /// <exception cref="LayerToolException">The continuation alone is longer.</exception>
    public TokenWindow Window(int maxLength)
    {
        if (Continuation.Length > maxLength)
        {
            throw new LayerToolException(
                $"an answer of {Continuation.Length} tokens does not fit the {maxLength} that the model reads", "raise `--max-length`, where the model allows it");
        }

        int[] all = [.. Context, .. Continuation];
        return new TokenWindow(all.AsMemory(Math.Max(0, all.Length - (maxLength + 1))), Continuation.Length);
    }
}
