using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using LayerTool.Faults;

namespace LayerTool.Saving;

/// <summary>
/// Lists of module names in what describes a quantisation: an entry that names a layer stands once for each new place of that
/// layer, or goes; entries without a number stay. Rules that match several layers by an expression are not guessed at.
/// </summary>
/// <param name="prefix">What stands before a layer's number in the names of tensors.</param>
/// <param name="count">Layers of the source.</param>
/// <param name="order">The source's layer at each place of the output; −1 for a layer of another source.</param>
/// <param name="file">Path of the file, for messages.</param>
internal sealed partial class NamedLayers(string prefix, int count, ImmutableArray<int> order, string file)
{
    /// <summary>The text with all lists below a value brought up to date.</summary>
    /// <param name="text">The text.</param>
    /// <param name="root">The value.</param>
    /// <param name="depth">How many values it stands inside.</param>
    /// <exception cref="LayerToolException">An entry names layers in a way that cannot be renumbered.</exception>
    public JsonText Renumber(JsonText text, JsonTextNode root, int depth)
    {
        List<(JsonTextNode List, string Raw)> changes = [];
        Collect(text, root, depth, changes);
        return changes.OrderByDescending(change => change.List.Start).Aggregate(text, (edited, change) => edited.Replace(change.List, change.Raw));
    }

    private void Collect(JsonText text, JsonTextNode node, int depth, List<(JsonTextNode List, string Raw)> changes)
    {
        foreach (JsonTextMember member in node.Members)
        {
            // Keys are expressions (`dynamic` of GPTQ); group_0 and the like are names.
            if (LoneNumber().IsMatch(member.Name))
            {
                throw Unclear(member.Name);
            }

            Collect(text, member.Value, depth + 1, changes);
        }

        if (node.Items.IsEmpty || node.Items.Any(item => item.Kind != JsonTokenType.String))
        {
            foreach (JsonTextNode item in node.Items)
            {
                Collect(text, item, depth + 1, changes);
            }

            return;
        }

        string[] before = [.. node.Items.Select(text.Raw)];
        string[] after = [.. before.SelectMany(Places)];
        if (!before.SequenceEqual(after))
        {
            changes.Add((node, text.SpellList(after, depth)));
        }
    }

    /// <summary>What becomes of one entry.</summary>
    private IEnumerable<string> Places(string raw)
    {
        string entry = JsonSerializer.Deserialize<string>(raw)!;
        if (Expression().IsMatch(entry))
        {
            return LoneNumber().IsMatch(entry) ? throw Unclear(entry) : [raw];
        }

        Match match = Numbered().Match(entry);
        if (!match.Success || !IsOfDecoder(match.Groups["path"].Value))
        {
            // No number, or one of another tower. A wildcard before the number may mean any.
            return match.Success && match.Groups["path"].Value.Contains('*') ? throw Unclear(entry) : [raw];
        }

        int layer = int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
        string rest = match.Groups["rest"].Value;
        int[] places = [.. Enumerable.Range(0, order.Length).Where(place => order[place] == layer)];
        bool open = rest.Length == 0 || rest[0] == '*'; // then layers.1 covers layers.10 as well
        if (layer >= count || order.Contains(-1) || (open && (Covers(layer, count) || Array.Exists(places, place => Covers(place, order.Length)))))
        {
            throw Unclear(entry);
        }

        return places.Select(place => JsonSerializer.Serialize(
            string.Create(CultureInfo.InvariantCulture, $"{match.Groups["path"].Value}{place}{rest}"),
            JsonText.Spelling));
    }

    /// <summary>Names of modules and names of tensors may differ in where they put the decoder: <c>language_model.model.</c>, <c>model.language_model.</c>.</summary>
    private bool IsOfDecoder(string path) => WithoutTower(prefix).EndsWith(WithoutTower(path), StringComparison.Ordinal);

    private static string WithoutTower(string path) => string.Join('.', path.Split('.').Where(part => part is not ("model" or "language_model")));

    private static bool Covers(int layer, int count)
    {
        string digits = layer.ToString(CultureInfo.InvariantCulture);
        return Enumerable.Range(0, count).Any(other => other != layer && other.ToString(CultureInfo.InvariantCulture).StartsWith(digits, StringComparison.Ordinal));
    }

    private LayerToolException Unclear(string entry) => new(
        $"{file}: {Quoted.Text(entry)} names layers in a way that LayerTool does not renumber",
        "the plan can be kept with `--plan-out`");

    [GeneratedRegex(@"^re:|[\\^$\[(|]")]
    private static partial Regex Expression();

    [GeneratedRegex(@"^(?<path>(?:.*\.)?(?:layers?|h|blocks?)\.)(?<number>\d{1,5})(?<rest>(?:[.*].*)?)$")]
    private static partial Regex Numbered();

    /// <summary>A number that is no part of a name such as <c>w1</c> or <c>group_0</c>.</summary>
    [GeneratedRegex(@"(?<![A-Za-z_0-9])\d")]
    private static partial Regex LoneNumber();
}
