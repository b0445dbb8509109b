using System.Globalization;
using System.Text.Json;
using LayerTool.Tests.Support;
using LayerTool.Tokenization.Templates;
using LayerTool.Tokenization.Templates.Values;
using Xunit;

namespace LayerTool.Tests.Tokenization.Templates;

public sealed class TemplateGoldenTests
{
    [Fact]
    public void Every_feature_of_the_language_renders_as_the_reference()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Find("golden/chat/jinja/features.json")));
        DateTime now = DateTime.Parse(golden.RootElement.GetProperty("now").GetString()!, CultureInfo.InvariantCulture);
        List<string> differences = [];
        JsonElement cases = golden.RootElement.GetProperty("cases");
        Assert.True(cases.GetArrayLength() >= 180);
        foreach (JsonElement item in cases.EnumerateArray())
        {
            string text = item.GetProperty("template").GetString()!;
            string expected = item.TryGetProperty("rendered", out JsonElement rendered) ? rendered.GetString()! : Kind(item.GetProperty("error").GetString()!);
            string found;
            try
            {
                DictValue context = (DictValue)JsonValues.Read(item.GetProperty("context"))!;
                found = Template.Parse(text).Render(context.Entries.Select(entry => KeyValuePair.Create((string)entry.Key!, entry.Value)), now);
            }
            catch (TemplateFault fault)
            {
                found = Kind($"{fault.Kind}: {fault.Message}");
                Assert.True(fault.Line > 0, $"no line in the fault of {text}");
            }

            if (found != expected)
            {
                differences.Add($"{text}\n    expected {expected}\n    found    {found}");
            }
        }

        Assert.True(differences.Count == 0, $"{differences.Count} differences:\n{string.Join('\n', differences)}");
    }

    // Texts of errors are the template's own where it raised them; elsewhere that there is one is enough.
    private static string Kind(string error) => error.StartsWith("TemplateError:", StringComparison.Ordinal) ? error : "an error";
}
