using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using LayerTool.Architectures;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Safetensors;

namespace LayerTool.Checkpoints;

/// <summary>
/// Which tensor belongs to which layer: by the table of known families, else by the usual <c>….layers.N.…</c> or <c>h.N.…</c> in
/// the names themselves, so that families that nobody has described can be inspected and edited by whole layers.
/// </summary>
public sealed class LayerNaming
{
    private readonly ImmutableArray<ImmutableArray<TensorEntry>> _layers;
    private readonly ImmutableArray<LayerHalves> _running; // by config.json
    private readonly IReadOnlyDictionary<string, TensorRole> _roles; // by the family's table

    private LayerNaming(
        string? prefix,
        IReadOnlyDictionary<string, TensorRole> roles,
        ImmutableArray<ImmutableArray<TensorEntry>> layers,
        ImmutableArray<LayerHalves> running,
        ImmutableArray<TensorEntry> before,
        ImmutableArray<TensorEntry> after,
        ImmutableArray<string> notes)
    {
        Prefix = prefix;
        _roles = roles;
        _layers = layers;
        _running = running;
        BeforeLayers = before;
        AfterLayers = after;
        Notes = [.. notes, .. Idle(LayerHalves.Attention, "attention"), .. Idle(LayerHalves.Mlp, "MLP")];
    }

    /// <summary>What stands before a layer's number, such as <c>model.layers.</c>; null where no name looks like a layer's.</summary>
    public string? Prefix { get; }

    /// <summary>Number of layers: config.json's where it names one, else as many as have tensors.</summary>
    public int Count => _layers.Length;

    /// <summary>Tensors outside the layers that run before them, by name.</summary>
    public ImmutableArray<TensorEntry> BeforeLayers { get; }

    /// <summary>Tensors outside the layers that run after them, by name.</summary>
    public ImmutableArray<TensorEntry> AfterLayers { get; }

    /// <summary>What is unusual about the names, one sentence each.</summary>
    internal ImmutableArray<string> Notes { get; }

    /// <summary>Tensors of a layer, by name; buffers that old exporters left in are among them.</summary>
    /// <exception cref="LayerToolException">No such layer; the message names the range.</exception>
    public ImmutableArray<TensorEntry> InLayer(int layer) => layer >= 0 && layer < Count
        ? _layers[layer]
        : throw new LayerToolException(
            Count == 0 ? $"there is no layer {layer}: the checkpoint has none" : $"there is no layer {layer}: the checkpoint has layers 0 to {Count - 1}",
            "`layertool inspect MODEL` lists the layers");

    /// <summary>The place of a tensor of that name, whether or not the checkpoint has it.</summary>
    public TensorPlace Place(string name) =>
        Prefix is not null && LayerIndex.TryRead(name, Prefix, out int layer, out string suffix) && layer < Count
            ? new TensorPlace(TensorSide.Layer, layer, suffix)
            : new TensorPlace(OutsideNames.IsAfter(name) ? TensorSide.After : TensorSide.Before, -1, name);

    /// <summary>The full name of a layer's tensor.</summary>
    /// <param name="layer">Index of the layer, in this checkpoint or in one that is being written.</param>
    /// <param name="suffix">As in <see cref="TensorPlace.Suffix"/>.</param>
    public string Name(int layer, string suffix) => Prefix is null
        ? throw new InvalidOperationException("A checkpoint without layers has no names for them.")
        : string.Create(CultureInfo.InvariantCulture, $"{Prefix}{layer}.{suffix}");

    /// <summary>Checks that there are layers to edit.</summary>
    /// <param name="folder">The checkpoint's folder, for the message.</param>
    /// <exception cref="LayerToolException">No tensor is named like a layer's.</exception>
    public LayerNaming Required(string folder) => Prefix is not null
        ? this
        : throw new LayerToolException(
            $"{folder}: no tensor is named `….layers.N.…` or `….h.N.…`, so its layers are not known",
            "`layertool inspect MODEL --tensors` lists the names");

    /// <summary>Which half of a layer a projection belongs to, judged by its name; null for norms and what else does not tell.</summary>
    /// <param name="suffix">As in <see cref="TensorPlace.Suffix"/>.</param>
    public static TensorRole? Half(string suffix)
    {
        foreach (string part in suffix.Split('.'))
        {
            if (part.Contains("norm", StringComparison.Ordinal) || part.StartsWith("ln_", StringComparison.Ordinal))
            {
                return null;
            }

            if (part.Contains("attn", StringComparison.Ordinal) || part.Contains("attention", StringComparison.Ordinal) || part == "conv")
            {
                return TensorRole.Attention;
            }

            if (part is "mlp" or "ffn" or "feed_forward" or "block_sparse_moe" or "experts" or "fc1" or "fc2")
            {
                return TensorRole.Mlp;
            }
        }

        return null;
    }

    /// <summary>The half that a tensor of a layer goes with: by the family's table, whose norms go with their halves, else by its name.</summary>
    /// <param name="suffix">As in <see cref="TensorPlace.Suffix"/>.</param>
    public TensorRole? Role(string suffix) => _roles.TryGetValue(suffix, out TensorRole role) ? role : Half(suffix);

    /// <summary>Whether a slot of this checkpoint plays a tensor of its layer; one that goes with no half stays with the layer.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="suffix">As in <see cref="TensorPlace.Suffix"/>.</param>
    public bool Plays(LayerSlot slot, string suffix) => Role(suffix) switch
    {
        TensorRole.Attention => slot.HasAttention && Halves(slot.Layer).HasFlag(LayerHalves.Attention),
        TensorRole.Mlp => slot.HasMlp && Halves(slot.Layer).HasFlag(LayerHalves.Mlp),
        _ => true,
    };

    /// <summary>The halves of a layer that run: those that are stored and that config.json does not drop.</summary>
    /// <exception cref="LayerToolException">No such layer; the message names the range.</exception>
    public LayerHalves Halves(int layer) => Stored(layer) & _running[layer];

    /// <summary>The halves that are stored of a layer, judged by the names of its tensors; both where these do not tell.</summary>
    /// <exception cref="LayerToolException">No such layer; the message names the range.</exception>
    public LayerHalves Stored(int layer)
    {
        LayerHalves halves = LayerHalves.None;
        foreach (TensorEntry tensor in InLayer(layer))
        {
            halves |= Half(Place(tensor.Name).Suffix) switch
            {
                TensorRole.Attention => LayerHalves.Attention,
                TensorRole.Mlp => LayerHalves.Mlp,
                _ => LayerHalves.None,
            };
        }

        return halves == LayerHalves.None && !InLayer(layer).IsEmpty ? LayerHalves.Both : halves;
    }

    internal static LayerNaming Find(Checkpoint checkpoint)
    {
        LayerCountKey? count = LayerCountKey.Find(checkpoint.ConfigJson, checkpoint.ConfigFile);
        IReadOnlyDictionary<string, TensorEntry> tensors = checkpoint.Tensors;
        string? prefix = checkpoint.Family?.Names.LayerPrefix;
        if (prefix is null || !tensors.Keys.Any(name => LayerIndex.TryRead(name, prefix, out _, out _)))
        {
            prefix = LayerIndex.FindPrefix(tensors.Keys, count?.Count) ?? prefix;
        }

        return Sort(tensors.Values, prefix, RolesOf(checkpoint), count?.Count, count is null ? [] : Running(checkpoint, count));
    }

    /// <summary>The half of each tensor of a layer by the family's table; empty where that does not know the checkpoint.</summary>
    private static Dictionary<string, TensorRole> RolesOf(Checkpoint checkpoint)
    {
        JsonObject decoder = (JsonObject)checkpoint.TextConfig.DeepClone();
        decoder.Remove("quantization_config"); // said of the weights, not of the layers
        decoder.Remove(LayerOverrides.DroppedAttention); // a half that is dropped everywhere has its tensors all the same
        decoder.Remove(LayerOverrides.DroppedMlp);
        Dictionary<string, TensorRole> roles = new(StringComparer.Ordinal);
        try
        {
            ModelConfig config = ModelConfigReader.Read(decoder, checkpoint.ConfigFile);
            foreach (int layer in Enumerable.Range(0, config.LayerCount).DistinctBy(layer => config.Layers[layer]))
            {
                int prefix = config.Architecture.Names.InLayer(layer, "").Length;
                foreach (ExpectedTensor tensor in ExpectedTensors.InLayer(config, layer))
                {
                    roles[tensor.Name[prefix..]] = tensor.Role;
                }
            }
        }
        catch (LayerToolException)
        {
            // told by whoever needs the config
        }

        return roles;
    }

    private static ImmutableArray<LayerHalves> Running(Checkpoint checkpoint, LayerCountKey count)
    {
        ImmutableArray<string> path = count.Path[..^1];
        return Running(path.IsEmpty ? checkpoint.ConfigJson : checkpoint.TextConfig, checkpoint.ConfigFile, path, count.Count);
    }

    /// <summary>The halves of each layer that a config lets run.</summary>
    /// <param name="decoder">The decoder's object.</param>
    /// <param name="file">Path of config.json, for messages.</param>
    /// <param name="path">Keys from the root to the object.</param>
    /// <param name="count">Number of layers.</param>
    /// <exception cref="LayerToolException">A list of layers is malformed.</exception>
    internal static ImmutableArray<LayerHalves> Running(JsonObject decoder, string file, ImmutableArray<string> path, int count)
    {
        ConfigJson raw = new(decoder, file, string.Concat(path.Select(key => key + ".")));
        return
        [
            .. LayerOverrides.Read(raw, count)
                .Select(layer => (layer.HasAttention ? LayerHalves.Attention : LayerHalves.None) | (layer.HasMlp ? LayerHalves.Mlp : LayerHalves.None)),
        ];
    }

    private IEnumerable<string> Idle(LayerHalves half, string name)
    {
        int[] idle = [.. Enumerable.Range(0, Count).Where(layer => !_running[layer].HasFlag(half) && Stored(layer).HasFlag(half))];
        return idle.Length == 0 ? [] : [$"config.json drops the {name} of the layers {LayerList.Print(idle)}: its tensors are stored and do not run"];
    }

    private static LayerNaming Sort(IEnumerable<TensorEntry> tensors, string? prefix, IReadOnlyDictionary<string, TensorRole> roles, int? countOfConfig, ImmutableArray<LayerHalves> running)
    {
        List<(int Layer, TensorEntry Tensor)> inside = [];
        List<TensorEntry> outside = [];
        int stored = 0;
        int beyond = 0;
        foreach (TensorEntry tensor in tensors)
        {
            if (prefix is null || !LayerIndex.TryRead(tensor.Name, prefix, out int layer, out _))
            {
                outside.Add(tensor);
            }
            else if (layer >= (countOfConfig ?? int.MaxValue))
            {
                // DeepSeek keeps its layers for predicting several tokens behind the others: they are no part of the stack.
                beyond++;
                outside.Add(tensor);
            }
            else
            {
                stored = Math.Max(stored, layer + 1);
                inside.Add((layer, tensor));
            }
        }

        ILookup<int, TensorEntry> byLayer = inside.ToLookup(pair => pair.Layer, pair => pair.Tensor);
        int count = countOfConfig ?? stored;
        ImmutableArray<string> notes = beyond > 0
            ? [$"{beyond} tensors belong to layers from {count} on, which config.json does not count; they are kept outside the layers"]
            : [];
        int empty = Enumerable.Range(0, count).Count(layer => !byLayer.Contains(layer));
        if (empty > 0)
        {
            notes = notes.Add($"{empty} of {count} layers have no tensors");
        }

        return new LayerNaming(
            prefix,
            roles,
            [.. Enumerable.Range(0, count).Select(layer => byLayer[layer].ToImmutableArray())],
            running.IsEmpty ? [.. Enumerable.Repeat(LayerHalves.Both, count)] : running,
            [.. outside.Where(tensor => !OutsideNames.IsAfter(tensor.Name))],
            [.. outside.Where(tensor => OutsideNames.IsAfter(tensor.Name))],
            notes);
    }
}
