using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace LayerTool.Tokenization.Templates.Values;

/// <summary>Reads JSON as Python does: whole numbers of any size, objects in their order, of two equal keys the later value.</summary>
internal static class JsonValues
{
    public static object? Read(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                DictValue dict = new();
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    dict[property.Name] = Read(property.Value);
                }

                return dict;
            case JsonValueKind.Array:
                return element.EnumerateArray().Select(Read).ToList();
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Number:
                string digits = element.GetRawText();
                return digits.AsSpan().IndexOfAny('.', 'e', 'E') < 0 && digits.Length < 4000
                    ? BigInteger.Parse(digits, CultureInfo.InvariantCulture)
                    : double.Parse(digits, CultureInfo.InvariantCulture);
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            default:
                return null;
        }
    }
}
