namespace LayerTool.Stress;

/// <summary>A kind of input that is damaged, and the command lines that are to read it.</summary>
/// <param name="Name">What is damaged, in the plural.</param>
/// <param name="Share">How many of all cases are of this kind, as a weight against the others'.</param>
/// <param name="Sound">Sound inputs to start from.</param>
/// <param name="File">Where the damaged input is written; null where it goes on the command line itself.</param>
/// <param name="Lines">Command lines that read it; one is drawn for each case. <c>{}</c> in one stands for the input where it has no file.</param>
internal sealed record FuzzTarget(string Name, int Share, IReadOnlyList<byte[]> Sound, string? File, IReadOnlyList<string[]> Lines);
