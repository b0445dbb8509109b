namespace LayerTool.Tokenization;

/// <summary>Which ids text becomes, where a tokenizer file and the class that loads it disagree.</summary>
public enum TokenizerMode
{
    /// <summary>The ids that transformers' AutoTokenizer gives: evaluation everywhere sees those.</summary>
    Auto,

    /// <summary>tokenizer.json to the letter.</summary>
    Raw,
}
