namespace LayerTool.Evaluation.Speed;

/// <summary>One repetition.</summary>
/// <param name="PrefillSeconds">Time to read the prompts.</param>
/// <param name="DecodeSeconds">Time to add the tokens; 0 where none are added.</param>
/// <param name="CacheBytes">Bytes of keys and values at the end.</param>
public readonly record struct SpeedRound(double PrefillSeconds, double DecodeSeconds, long CacheBytes);
