namespace LayerTool.Generation;

/// <summary>A token and how sure it was.</summary>
/// <param name="Token">Its id.</param>
/// <param name="Margin">Distance of the two largest logits of its step.</param>
public readonly record struct TokenChoice(int Token, double Margin);
