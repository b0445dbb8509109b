using LayerTool.Architectures;
using LayerTool.Faults;
using LayerTool.Plans;

namespace LayerTool.Saving;

/// <summary>
/// The gains of one slot, placed: a factor on a half's update of the residual stream is a factor on the weight and bias of its
/// output projection, of all experts, or on the norm that follows it and would undo a factor in front.
/// </summary>
internal sealed class SublayerOutputs
{
    private readonly Dictionary<string, (double Gain, GainPlace Place)> _gains = [];

    private SublayerOutputs()
    {
    }

    /// <summary>Places the gains of a slot.</summary>
    /// <exception cref="LayerToolException">Half a layer changes, and where that goes is not known or not possible.</exception>
    public static SublayerOutputs Of(SaveSource source, WrittenSlot written)
    {
        SublayerOutputs outputs = new();
        LayerSlot slot = written.Slot;
        double attention = Gain(written, LayerHalves.Attention, slot.AttentionGain);
        double mlp = Gain(written, LayerHalves.Mlp, slot.MlpGain);
        if (attention == 1 && mlp == 1 && written.Played == written.Running)
        {
            return outputs;
        }

        string shown = PlanNotation.Print([slot]);
        if (source.Architecture is null)
        {
            throw new LayerToolException(
                $"`{shown}` changes half a layer, and LayerTool does not know which tensors of a `{source.Config.ModelType}` model that concerns",
                "leave whole layers out, or keep the plan with `--plan-out`");
        }

        if (source.Checkpoint.IsQuantized)
        {
            throw new LayerToolException(
                $"`{shown}` changes half a layer, and the weights of {source.Checkpoint.Folder} are quantised, so that its output projection cannot be written",
                "leave whole layers out, or take a checkpoint that is not quantised");
        }

        ModelConfig config = Whole(source.Checkpoint.Config, slot.Layer);
        LayerHalves stored = source.Naming.Stored(slot.Layer);
        foreach (ExpectedTensor tensor in ExpectedTensors.InLayer(config, slot.Layer).Where(tensor => tensor.Gain != GainPlace.None))
        {
            double gain = tensor.Role == TensorRole.Attention ? attention : mlp;
            if (gain == 1 || !stored.HasFlag(WrittenSlot.Half(tensor.Role)))
            {
                continue;
            }

            string suffix = tensor.Name[config.Architecture.Names.InLayer(slot.Layer, "").Length..];
            if (!source.Layer(slot.Layer).ContainsKey(suffix))
            {
                throw new LayerToolException($"{source.Checkpoint.Folder}: tensor {Quoted.Text(tensor.Name)} is missing", "take the weights and their index from the same folder");
            }

            outputs._gains[suffix] = (gain, tensor.Gain);
        }

        return outputs;
    }

    /// <summary>Factor on a tensor of the layer, 1 for all that do not end a half, and how it is put in.</summary>
    public (double Gain, GainPlace Place) Gain(string suffix) => _gains.GetValueOrDefault(suffix, (1, GainPlace.None));

    private static double Gain(WrittenSlot written, LayerHalves half, double gain) =>
        written.Silent.HasFlag(half) ? 0 : written.Played.HasFlag(half) ? gain : 1;

    /// <summary>The config with both halves of a layer: one that it drops may be stored all the same.</summary>
    private static ModelConfig Whole(ModelConfig config, int layer)
    {
        LayerConfig own = config.Layers[layer];
        LayerConfig whole = own with { KvHeads = Math.Max(1, own.KvHeads), IntermediateSize = Math.Max(1, own.IntermediateSize) };
        return config with { Layers = config.Layers.SetItem(layer, whole) };
    }
}
