using System.Text.Json;
using LayerTool.Data;
using LayerTool.Faults;
using LayerTool.Python;
using LayerTool.Tokenization.Templates;
using LayerTool.Tokenization.Templates.Values;

namespace LayerTool.Evaluation.Tasks;

/// <summary>A template of a task's file, or the name of a column, which is then taken as it stands.</summary>
internal sealed class TaskTemplate
{
    private readonly string _place;
    private readonly string _text;
    private readonly Template? _template;

    /// <summary>Reads a template.</summary>
    /// <param name="text">The template.</param>
    /// <param name="place">File, line and key, for messages.</param>
    /// <exception cref="LayerToolException">It is at fault; its line is named.</exception>
    public TaskTemplate(string text, string place)
    {
        _text = text;
        _place = place;
        _template = text.Contains('{', StringComparison.Ordinal) ? Guarded(() => Template.Parse(text), "correct the template") : null;
    }

    /// <summary>What it gives for a row: a column's own value, or rendered text.</summary>
    /// <exception cref="LayerToolException">It names a column that is not there, or does what cannot be done.</exception>
    public JsonElement Value(DataRow row)
    {
        if (row.Value.TryGetProperty(_text, out JsonElement column))
        {
            return column;
        }

        string rendered = _template is null
            ? _text
            : Guarded(
                () => _template.Render(
                    row.Value.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, JsonValues.Read(property.Value))), DateTime.UnixEpoch, strict: true),
                $"the row is {row.Place}; its columns are {string.Join(", ", row.Value.EnumerateObject().Select(property => $"`{property.Name}`"))}");
        return JsonSerializer.SerializeToElement(rendered);
    }

    /// <summary>Text for a row.</summary>
    public string Text(DataRow row) => Printed(Value(row));

    /// <summary>The number that a row gives: a column's own, or digits; null where it is text.</summary>
    public int? Number(DataRow row) => Value(row) switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out int whole) => whole,
        { ValueKind: JsonValueKind.String } text when text.GetString() is { Length: > 0 and < 10 } digits && digits.All(char.IsAsciiDigit) => int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture),
        _ => null,
    };

    /// <summary>The texts that a row gives: a column's own list, or a list as Python prints it.</summary>
    public IReadOnlyList<string> Texts(DataRow row)
    {
        JsonElement value = Value(row);
        if (value.ValueKind == JsonValueKind.Array)
        {
            return [.. value.EnumerateArray().Select(Printed)];
        }

        return PythonLiteral.TryParse(Printed(value), out object? read) && read is List<object?> items
            ? [.. items.Select(PythonLiteral.Text)]
            : throw new LayerToolException($"{_place}: gives {Quoted.Text(Printed(value))} for {row.Place}, expected a list", "name a column that holds a list, or write the list out");
    }

    /// <summary>The right answer that a row gives.</summary>
    /// <param name="row">The row.</param>
    /// <param name="hasChoices">Whether digits are the number of a choice.</param>
    public TaskTarget Target(DataRow row, bool hasChoices)
    {
        JsonElement value = Value(row);
        if (value.ValueKind == JsonValueKind.Array)
        {
            return List([.. value.EnumerateArray().Select(item => (object?)(item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out long whole) ? whole : Printed(item)))]);
        }

        if (hasChoices && Number(row) is int index)
        {
            return TaskTarget.Choice(index);
        }

        string text = Printed(value);
        return text.Length >= 2 && text[0] == '[' && text[^1] == ']' && PythonLiteral.TryParse(text, out object? read) && read is List<object?> items
            ? List(items)
            : TaskTarget.Text(text);
    }

    private static TaskTarget List(List<object?> items) => items.Count > 0 && items.All(item => item is long)
        ? TaskTarget.AnyChoice(items.Select(item => (int)(long)item!))
        : TaskTarget.AnyText(items.Select(PythonLiteral.Text));

    /// <summary>A value as Python's <c>str()</c> prints it.</summary>
    public static string Printed(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "True",
        JsonValueKind.False => "False",
        JsonValueKind.Null => "None",
        _ => value.GetRawText(),
    };

    private T Guarded<T>(Func<T> act, string hint)
    {
        try
        {
            return act();
        }
        catch (TemplateFault fault)
        {
            string line = fault.Line > 0 ? $", line {fault.Line} of the template" : "";
            throw new LayerToolException($"{_place}{line}: {fault.Kind}: {fault.Message}", hint, fault);
        }
    }
}
