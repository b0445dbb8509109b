namespace LayerTool.Files;

/// <summary>What a JSON file of one kind may be at most, and what to do about one that is not sound.</summary>
/// <param name="MostBytes">Largest size of the file.</param>
/// <param name="Deepest">How deep lists and objects may be nested.</param>
/// <param name="Hint">What a user does about a file that breaks a limit or is not JSON.</param>
internal sealed record JsonLimits(long MostBytes, int Deepest, string Hint);
