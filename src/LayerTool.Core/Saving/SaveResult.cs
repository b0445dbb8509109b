using System.Collections.Immutable;

namespace LayerTool.Saving;

/// <summary>What was written.</summary>
/// <param name="Folder">Full path of the checkpoint.</param>
/// <param name="Format">How its plan is written.</param>
/// <param name="TensorBytes">Bytes of all tensors.</param>
/// <param name="Parameters">Elements of all tensors.</param>
/// <param name="WeightFiles">Names of the weight files.</param>
/// <param name="CarriedFiles">Names of the files taken from the main source as they are.</param>
/// <param name="Notes">What the user should know, one sentence each.</param>
public sealed record SaveResult(
    string Folder,
    SaveFormat Format,
    long TensorBytes,
    long Parameters,
    ImmutableArray<string> WeightFiles,
    ImmutableArray<string> CarriedFiles,
    ImmutableArray<string> Notes);
