using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using System.Text.Json;
using LayerTool.Faults;
using LayerTool.Files;
using LayerTool.Plans;

namespace LayerTool.Cli.Options;

/// <summary>Names and values: JSON where a value is JSON, else text.</summary>
internal sealed class SettingsOption : Option<IReadOnlyDictionary<string, JsonElement>?>
{
    private static readonly JsonLimits Limits = new(1 << 20, Deepest: 64, "write JSON, or a text");

    public SettingsOption(string name)
        : base(name)
    {
        Description = "A variable for the template, such as `enable_thinking=false`; a value that is JSON is read as such; again for more";
        HelpName = "name=value";
        Arity = ArgumentArity.OneOrMore;
        AllowMultipleArgumentsPerToken = false;
        CustomParser = Parse;
    }

    private static Dictionary<string, JsonElement> Parse(ArgumentResult result)
    {
        Dictionary<string, JsonElement> settings = new(StringComparer.Ordinal);
        foreach (string text in result.Tokens.Select(token => token.Value))
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? "" : text[..equals];
            if (PlanLimits.IsName(name))
            {
                settings[name] = Value(text[(equals + 1)..]);
            }
            else
            {
                result.AddError($"`--set` is `{text}`, expected a name and a value, such as `enable_thinking=false`");
            }
        }

        return settings;
    }

    private static JsonElement Value(string text)
    {
        try
        {
            return GuardedJson.Parse(Encoding.UTF8.GetBytes(text), "--set", Limits).RootElement;
        }
        catch (LayerToolException)
        {
            return JsonSerializer.SerializeToElement(text);
        }
    }
}
