using System.Collections.Immutable;
using System.Text.Json.Nodes;
using LayerTool.Plans;
using LayerTool.Safetensors;

namespace LayerTool.Checkpoints;

/// <summary>
/// What a plan plays, as tensors under the names that they would have in a checkpoint of their own: slot 3's tensors are those of
/// layer 3. Nothing is read. A checkpoint by itself is the plan that plays its layers as they are.
/// </summary>
/// <param name="Name">What the user called it.</param>
/// <param name="Config">config.json of the main source.</param>
/// <param name="Tensors">The tensors by the name that they would have.</param>
/// <param name="Layers">Index of the slot of each tensor by name; tensors outside the layers are absent.</param>
/// <param name="Slots">Number of slots.</param>
/// <param name="Files">All weight files that the tensors may be in.</param>
/// <param name="Notes">What the tensors do not show, such as gains; one sentence each.</param>
public sealed record PlayedModel(
    string Name,
    JsonObject Config,
    IReadOnlyDictionary<string, TensorEntry> Tensors,
    IReadOnlyDictionary<string, int> Layers,
    int Slots,
    ImmutableArray<SafetensorsHeader> Files,
    ImmutableArray<string> Notes)
{
    /// <summary>A checkpoint as it is.</summary>
    public static PlayedModel Of(string name, Checkpoint checkpoint) => Of(name, LayerPlan.Identity(checkpoint.Layers.Count), new CheckpointSet(checkpoint));

    /// <summary>A plan over its sources.</summary>
    /// <exception cref="Faults.LayerToolException">The plan names a source or a layer that is not there.</exception>
    public static PlayedModel Of(string name, LayerPlan plan, CheckpointSet sources)
    {
        SortedDictionary<string, TensorEntry> tensors = new(StringComparer.Ordinal);
        Dictionary<string, int> layers = new(StringComparer.Ordinal);
        List<string> notes = [];
        AddAll(tensors, sources[plan.EmbeddingSource].Layers.BeforeLayers);
        AddAll(tensors, sources[plan.HeadSource].Layers.AfterLayers);
        LayerNaming names = plan.Steps.IsEmpty ? sources.Main.Layers : sources.Main.Layers.Required(sources.Main.Folder);
        int place = 0;
        foreach (LayerSlot slot in plan.Slots)
        {
            LayerNaming source = sources[slot.Source].Layers;
            foreach (TensorEntry tensor in source.InLayer(slot.Layer))
            {
                string suffix = source.Place(tensor.Name).Suffix;
                if (!source.Plays(slot, suffix))
                {
                    continue;
                }

                string played = names.Name(place, suffix);
                tensors[played] = tensor;
                layers[played] = place;
            }

            if (slot.AttentionGain is not (0 or 1) || slot.MlpGain is not (0 or 1))
            {
                notes.Add($"slot {place} of {name} has a gain, which the stored tensors do not show");
            }

            place++;
        }

        if (plan.Steps.OfType<ParallelGroup>().Any())
        {
            notes.Add($"{name} plays slots side by side; they are compared one after another");
        }

        return new PlayedModel(name, sources.Main.ConfigJson, tensors, layers, place, [.. sources.SelectMany(source => source.Value.Files).DistinctBy(file => file.File)], [.. notes]);
    }

    private static void AddAll(SortedDictionary<string, TensorEntry> tensors, ImmutableArray<TensorEntry> added)
    {
        foreach (TensorEntry tensor in added)
        {
            tensors[tensor.Name] = tensor;
        }
    }
}
