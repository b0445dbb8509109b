namespace LayerTool.Tokenization.Auto;

/// <summary>The classes of transformers that ignore most of tokenizer.json and follow a recipe of their own, as far as ids then differ.</summary>
internal enum RebuiltClass
{
    /// <summary>None: tokenizer.json as it is.</summary>
    None,

    /// <summary>LlamaTokenizer.</summary>
    Llama,

    /// <summary>GemmaTokenizer.</summary>
    Gemma,

    /// <summary>Another one, whose recipe is not known here.</summary>
    Other,
}
