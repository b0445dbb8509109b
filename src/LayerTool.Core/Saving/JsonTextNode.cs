using System.Collections.Immutable;
using System.Text.Json;

namespace LayerTool.Saving;

/// <summary>One value of a JSON text and where it stands there.</summary>
/// <param name="Kind">The token that opens it.</param>
/// <param name="Start">Position of its first byte.</param>
/// <param name="End">Position behind its last byte.</param>
/// <param name="Members">Members of an object, in the order of the text; empty otherwise.</param>
/// <param name="Items">Items of an array; empty otherwise.</param>
internal sealed record JsonTextNode(JsonTokenType Kind, int Start, int End, ImmutableArray<JsonTextMember> Members, ImmutableArray<JsonTextNode> Items)
{
    /// <summary>The member of that name, or null; of equal names the last, as every reader takes it.</summary>
    public JsonTextMember? Member(string name) => Members.LastOrDefault(member => member.Name == name);
}

/// <summary>A name and its value.</summary>
/// <param name="Name">The name, unescaped.</param>
/// <param name="Start">Position of the name's opening quote.</param>
/// <param name="Value">The value.</param>
internal sealed record JsonTextMember(string Name, int Start, JsonTextNode Value);
