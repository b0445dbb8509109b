using System.Text.Json.Nodes;

namespace LayerTool.Tests.Support;

/// <summary>A copy of an adapter of PEFT that may be damaged.</summary>
internal static class AdapterCopy
{
    /// <summary>Copies config and weights.</summary>
    public static string Make(string name, TempFolder temp)
    {
        string copy = Directory.CreateDirectory(temp.File(name)).FullName;
        foreach (string file in (string[])["adapter_config.json", "adapter_model.safetensors"])
        {
            File.WriteAllBytes(Path.Combine(copy, file), File.ReadAllBytes(SharedFiles.Find($"golden/peft/{name}/{file}")));
        }

        return copy;
    }

    /// <summary>Gives a key of adapter_config.json another value.</summary>
    public static void Set(string folder, string key, string json)
    {
        string file = Path.Combine(folder, "adapter_config.json");
        JsonObject config = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        config[key] = JsonNode.Parse(json);
        File.WriteAllText(file, config.ToJsonString());
    }
}
