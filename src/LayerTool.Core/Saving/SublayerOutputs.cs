using LayerTool.Architectures;
using LayerTool.Faults;
using LayerTool.Plans;

namespace LayerTool.Saving;

/// <summary>
/// The gains of one slot, placed: a factor on a half's update of the residual stream is a factor on the weight and bias of its
/// output projection.
/// </summary>
internal sealed class SublayerOutputs
{
    private readonly Dictionary<string, double> _gains = [];

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
        if (source.Architecture is not ArchitectureSpec family)
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

        LayerHalves stored = source.Naming.Stored(slot.Layer);
        outputs.Place(source, slot.Layer, family.Names.AttentionOutput, stored.HasFlag(LayerHalves.Attention) ? attention : 1);
        outputs.Place(source, slot.Layer, family.Names.MlpOutput, stored.HasFlag(LayerHalves.Mlp) ? mlp : 1);
        return outputs;
    }

    /// <summary>Factor on a tensor of the layer; 1 for all but output projections.</summary>
    public double Gain(string suffix) => _gains.GetValueOrDefault(suffix, 1);

    private static double Gain(WrittenSlot written, LayerHalves half, double gain) =>
        written.Silent.HasFlag(half) ? 0 : written.Played.HasFlag(half) ? gain : 1;

    private void Place(SaveSource source, int layer, string module, double gain)
    {
        if (gain == 1)
        {
            return;
        }

        if (!source.Layer(layer).ContainsKey(module + ".weight"))
        {
            throw new LayerToolException($"{source.Checkpoint.Folder}: tensor {Quoted.Text(source.Naming.Name(layer, module + ".weight"))} is missing", "take the weights and their index from the same folder");
        }

        _gains[module + ".weight"] = gain;
        _gains[module + ".bias"] = gain;
    }
}
