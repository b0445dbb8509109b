using System.Collections.Immutable;
using System.Text.Json;
using LayerTool.Architectures;
using LayerTool.Faults;

namespace LayerTool.Saving;

/// <summary>Where a quantised checkpoint names single layers: in config.json and in files beside it.</summary>
internal sealed class QuantizationLists
{
    /// <summary>Name of the object in config.json, at the root or in that of the text tower.</summary>
    public const string Key = "quantization_config";

    private static readonly ImmutableArray<string> FilesBeside = ["hf_quant_config.json", "quantize_config.json"];

    private readonly SaveSource _main;
    private readonly ImmutableArray<int> _order;

    private QuantizationLists(SaveSource main, ImmutableArray<int> order)
    {
        _main = main;
        _order = order;
    }

    /// <summary>Whether every layer stays in its place, so that nothing needs to change.</summary>
    private bool InPlace => _order.SequenceEqual(Enumerable.Range(0, _main.Naming.Count));

    /// <summary>The lists of a source.</summary>
    /// <param name="main">The main source.</param>
    /// <param name="order">Its layer at each place of the output; −1 for a layer of another source.</param>
    public static QuantizationLists Of(SaveSource main, ImmutableArray<int> order) => new(main, order);

    /// <summary>The config with its lists brought up to date.</summary>
    /// <exception cref="LayerToolException">An entry cannot be renumbered.</exception>
    public DecoderConfig Renumber(DecoderConfig config)
    {
        if (InPlace)
        {
            return config;
        }

        foreach (string[] path in (string[][])[[Key], [TextTower.Key, Key]])
        {
            if (config.Text.Find(path) is JsonTextNode quantization)
            {
                config = config.With(Names(config.File).Renumber(config.Text, quantization, path.Length));
            }
        }

        return config;
    }

    /// <summary>The files beside config.json that change, with their new contents.</summary>
    /// <exception cref="LayerToolException">An entry cannot be renumbered, or a file is not JSON.</exception>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> RewrittenFiles()
    {
        Dictionary<string, ReadOnlyMemory<byte>> files = [];
        foreach (string name in FilesBeside)
        {
            string path = Path.Combine(_main.Checkpoint.Folder, name);
            if (InPlace || !File.Exists(path))
            {
                continue;
            }

            try
            {
                JsonText text = JsonText.Parse(File.ReadAllBytes(path));
                JsonText renumbered = Names(path).Renumber(text, text.Root, depth: 0);
                if (!ReferenceEquals(text, renumbered))
                {
                    files.Add(name, renumbered.ToBytes());
                }
            }
            catch (Exception fault) when (fault is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
            {
                throw new LayerToolException($"{path}: cannot be read as JSON, and may name layers", "take the file from the folder that the weights came from", fault);
            }
        }

        return files;
    }

    private NamedLayers Names(string file) => new(_main.Naming.Prefix!, _main.Naming.Count, _order, file);
}
