using LayerTool.Faults;
using LayerTool.Safetensors;

namespace LayerTool.Tying;

/// <summary>What the reader of a tied checkpoint should know, one sentence each.</summary>
internal static class TieNotes
{
    public static IEnumerable<string> Of(TiePlan plan, TieLayout layout)
    {
        TieMap map = plan.Map;
        yield return layout switch
        {
            TieLayout.Merged => $"{Counted.Of(map.SharedCount, "shared layer")}, played {Counted.Of(map.Loops, "time")}, written out as {Counted.Of(map.Depths, "layer")}: any loader runs it, and it is no smaller",
            TieLayout.Unrolled when plan.HasAdapters => $"{Counted.Of(map.SharedCount, "shared layer")}, written out as {Counted.Of(map.Depths, "layer")}; the updates of each depth are the adapter `{TiedExtras.AdapterFolder}`, without which this is the plain loop",
            TieLayout.Unrolled => $"{Counted.Of(map.SharedCount, "shared layer")}, written out as {Counted.Of(map.Depths, "layer")}",
            _ => $"holds {Counted.Of(map.SharedCount, "shared layer")} once; LayerTool plays them {Counted.Of(map.Loops, "time")}, other loaders play them once, which is another model",
        };
        if (layout == TieLayout.Merged && plan.HasAdapters && plan.Unrolled.Tensors.Any(tensor => tensor.Dtype != TensorDtype.F32 && tensor.Source.Shape.Length == 2))
        {
            yield return "the products are rounded to the type of the weights, so that the other layouts, whose updates are float32, differ by as much: `--save-dtype float32` makes them equal";
        }
    }
}
