namespace LayerTool.Checkpoints;

/// <summary>A setting in which two checkpoints differ.</summary>
/// <param name="Field">Its name, as config.json has it where it is of there.</param>
/// <param name="Main">Its value in the main checkpoint.</param>
/// <param name="Other">Its value in the other one.</param>
public sealed record FieldDifference(string Field, string Main, string Other);
