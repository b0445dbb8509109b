using System.Collections.Immutable;
using LayerTool.Faults;

namespace LayerTool.Checkpoints;

/// <summary>How the layers of another checkpoint fit into the main one, field by field.</summary>
/// <param name="Main">Folder of the main checkpoint.</param>
/// <param name="Other">Folder of the checkpoint that layers are taken from.</param>
/// <param name="Shape">Differences by which the layers do not fit at all; always refused.</param>
/// <param name="Config">Differences by which layers that fit compute something else; refused unless the user allows it.</param>
/// <param name="Notes">Differences that do not matter to a layer, one sentence each.</param>
public sealed record LayerCompatibility(
    string Main,
    string Other,
    ImmutableArray<FieldDifference> Shape,
    ImmutableArray<FieldDifference> Config,
    ImmutableArray<string> Notes)
{
    /// <summary>How a command line accepts differences of the config.</summary>
    public const string OptionToAllow = "`--allow-config-mismatch`";

    private const int MostShown = 12;

    /// <summary>Compares two checkpoints.</summary>
    /// <param name="main">The one that layers are put into.</param>
    /// <param name="other">The one that they are taken from.</param>
    /// <exception cref="LayerToolException">A config of a known family is at fault.</exception>
    public static LayerCompatibility Compare(Checkpoint main, Checkpoint other)
    {
        ImmutableArray<FieldDifference> tensors = LayerShapes.Compare(main, other);
        ImmutableArray<FieldDifference> sizes = ConfigComparison.Sizes(main, other);
        ImmutableArray<FieldDifference> settings = ConfigComparison.Settings(main, other);
        ImmutableArray<FieldDifference> quantization = ConfigComparison.Quantization(main, other);
        // A config that gives another width than the tensors have is at fault: no option makes such layers run.
        bool fits = tensors.IsEmpty && quantization.IsEmpty && !sizes.Any(size => size.Field is "hidden_size" or "intermediate_size");
        return new LayerCompatibility(
            main.Folder,
            other.Folder,
            fits ? [] : [.. quantization, .. sizes, .. tensors],
            fits ? [.. sizes, .. settings] : settings,
            [.. ConfigComparison.Notes(main, other), .. LayerShapes.Notes(main, other)]);
    }

    /// <summary>Refuses layers that do not fit.</summary>
    /// <param name="allowConfigMismatch">Whether differences of the config are accepted where the shapes fit.</param>
    /// <param name="howToAllow">How the user says so, for the hint.</param>
    /// <exception cref="LayerToolException">Every differing field, with both values.</exception>
    public void Require(bool allowConfigMismatch, string howToAllow = OptionToAllow)
    {
        if (!Shape.IsEmpty)
        {
            throw new LayerToolException(
                $"the layers of {Other} do not fit {Main}: {Listed([.. Shape, .. Config])}",
                "layers can be taken from a checkpoint of the same shape only");
        }

        if (!Config.IsEmpty && !allowConfigMismatch)
        {
            throw new LayerToolException(
                $"the layers of {Other} would compute something else in {Main}: {Listed(Config)}",
                $"the saved config.json can hold one value only, the main one; {howToAllow} takes the layers all the same");
        }
    }

    private static string Listed(ImmutableArray<FieldDifference> differences)
    {
        IEnumerable<string> shown = differences.Take(MostShown).Select(difference => $"`{difference.Field}` is {difference.Other}, expected {difference.Main}");
        return string.Join("; ", shown) + (differences.Length > MostShown ? $"; and {differences.Length - MostShown} more" : "");
    }
}
