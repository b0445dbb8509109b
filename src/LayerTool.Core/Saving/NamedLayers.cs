using System.Text.Json;
using System.Text.RegularExpressions;

namespace LayerTool.Saving;

/// <summary>Names of modules inside a config that hold a layer's number, such as those that a quantisation left out.</summary>
internal static partial class NamedLayers
{
    /// <summary>The first such name among the keys and strings of a value, or null.</summary>
    public static string? First(JsonText text, JsonTextNode node)
    {
        foreach (JsonTextMember member in node.Members)
        {
            if (Numbered().IsMatch(member.Name))
            {
                return member.Name;
            }
        }

        string? own = node.Kind == JsonTokenType.String && Numbered().IsMatch(text.Raw(node)) ? JsonSerializer.Deserialize<string>(text.Raw(node)) : null;
        return own ?? node.Members.Select(member => member.Value).Concat(node.Items).Select(inner => First(text, inner)).FirstOrDefault(found => found is not null);
    }

    [GeneratedRegex(@"(layers?|h|blocks?)(\.|\\+\.)[\[(]?\d")]
    private static partial Regex Numbered();
}
