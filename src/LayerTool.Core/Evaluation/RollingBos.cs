namespace LayerTool.Evaluation;

/// <summary>What precedes the first token of a document whose tokenizer puts a BOS in front by itself.</summary>
public enum RollingBos
{
    /// <summary>As lm-evaluation-harness since 0.4.9.2: the prefix token and the tokenizer's BOS, so that the second is predicted from the first.</summary>
    AsLmEval,

    /// <summary>One token.</summary>
    Once,
}
