using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Saving;
using LayerTool.Tests.Support;
using LayerTool.Tokenization.Auto;
using Xunit;

namespace LayerTool.Tests.Golden;

/// <summary>
/// The README's table of families: what each is held against, what becomes of an edit, how it is saved, who reads its text. It is
/// made of the references and of the program's answers; <c>LAYERTOOL_ACCEPT=1</c> writes it anew.
/// </summary>
public sealed partial class FamilyTableTests
{
    private const string Heading = "| family | `model_type` | runs, held against | layer 1 left out | saved as | tokenizer |";

    [Fact]
    public void The_readme_shows_every_family_as_the_references_do()
    {
        string file = Path.Combine(SharedFiles.Repository, "README.md");
        string[] lines = File.ReadAllLines(file);
        int start = Array.IndexOf(lines, Heading);
        Assert.True(start >= 0, "the README has no table of families");
        string[] shown = [.. lines[start..].TakeWhile(line => line.StartsWith('|'))];
        string[] actual = [Heading, "| --- | --- | --- | --- | --- | --- |", .. Rows()];
        if (Environment.GetEnvironmentVariable("LAYERTOOL_ACCEPT") == "1")
        {
            File.WriteAllText(file, string.Join('\n', [.. lines[..start], .. actual, .. lines[(start + shown.Length)..]]) + "\n");
            return;
        }

        Assert.Equal(actual, shown);
    }

    private static IEnumerable<string> Rows()
    {
        ILookup<string, Checkpoint> references = GoldenModels.Families.Concat(GoldenModels.Variants)
            .Select(name => Checkpoint.Open(GoldenModels.Folder(name)))
            .ToLookup(checkpoint => checkpoint.Config.Architecture.ModelType);
        return KnownArchitectures.All.Select(family =>
        {
            Checkpoint[] own = [.. references[family.ModelType]];
            return $"| {family.DisplayName} | `{family.ModelType}` | {HeldAgainst(own)} | {LeftOut(own)} | {SavedAs(family, own)} | {ReadBy(family.ModelType)} |";
        });
    }

    private static string HeldAgainst(Checkpoint[] references)
    {
        int cases = references.Sum(reference => JsonNode.Parse(File.ReadAllText(Path.Combine(reference.Folder, "expected.json")))!["cases"]!.AsObject().Count);
        return references.Length == 0 ? "Llama's formulas alone" : $"{references.Length} {(references.Length == 1 ? "model" : "models")}, {cases} edits";
    }

    /// <summary>That what is written is right the tests of layers that are left out show; here it is whether it is written at all.</summary>
    private static string LeftOut(Checkpoint[] references)
    {
        string[] keys = [.. references.Select(reference => Refusal(reference, "0, 2-LAST", null)).OfType<string>().Distinct().Order(StringComparer.Ordinal)];
        bool somewhere = references.Any(reference => Refusal(reference, "0, 2-LAST", null) is null);
        string refused = $"refused where `{string.Join("`, `", keys)}` decides by place";
        return references.Length == 0 ? "" : keys.Length == 0 ? "right" : somewhere ? $"right; {refused}" : refused;
    }

    private static string SavedAs(ArchitectureSpec family, Checkpoint[] references)
    {
        List<string> formats = [];
        foreach ((SaveFormat format, string plan) in ((SaveFormat, string)[])[(SaveFormat.Layers, "0-LAST"), (SaveFormat.Zero, "0, 1.mlp, 2-LAST"), (SaveFormat.Compact, "0, 1.mlp, 2-LAST")])
        {
            if (references.Length > 0 && references.All(reference => Refusal(reference, plan, format) is null))
            {
                formats.Add(format.ToString().ToLowerInvariant());
            }
        }

        return string.Join(", ", formats.Count > 0 && DeciShape.Families.Contains(family.ModelType) ? [.. formats, "deci"] : formats);
    }

    /// <summary>The key for whose sake a plan is not written; null where it is.</summary>
    private static string? Refusal(Checkpoint reference, string plan, SaveFormat? format)
    {
        string last = (reference.Layers.Count - 1).ToString(CultureInfo.InvariantCulture);
        LayerPlan whole = PlanNotation.Parse(plan.Replace("LAST", last, StringComparison.Ordinal));
        try
        {
            SavePlan.Create(new CheckpointSet(reference), whole, new SaveChoices { Format = format }, cancellation: TestContext.Current.CancellationToken);
            return null;
        }
        catch (LayerToolException fault)
        {
            return Key().Match(fault.Message).Groups[1].Value;
        }
    }

    /// <summary>What loaders make of a folder that names no class, and of one that names LlamaTokenizer.</summary>
    private static string ReadBy(string modelType) => (ClassChoice.Choose(null, modelType, mentionsByteLevel: false), ClassChoice.Choose("LlamaTokenizer", modelType, mentionsByteLevel: false)) switch
    {
        (RebuiltClass.Gemma, _) => "GemmaTokenizer",
        (_, RebuiltClass.Llama) => "file, LlamaTokenizer",
        _ => "file",
    };

    [GeneratedRegex(": `(.+?)`")]
    private static partial Regex Key();
}
