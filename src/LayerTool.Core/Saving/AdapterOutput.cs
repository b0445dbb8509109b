using System.Collections.Immutable;
using LayerTool.Adapters;
using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Plans;
using LayerTool.Safetensors;

namespace LayerTool.Saving;

/// <summary>
/// The adapters of a plan as one PEFT folder for the checkpoint that is written of it: layers are numbered by slot, what belongs
/// to halves that are off stays behind, and a gain on a half is a gain on its updates too.
/// </summary>
/// <param name="Tensors">The tensors of adapter_model.safetensors.</param>
/// <param name="Config">The text of adapter_config.json.</param>
internal sealed record AdapterOutput(ImmutableArray<OutputTensor> Tensors, ReadOnlyMemory<byte> Config)
{
    /// <summary>Name of the folder in the checkpoint's.</summary>
    public const string FolderName = "adapter";

    /// <summary>Bytes of the tensors.</summary>
    public long Bytes => Tensors.Sum(tensor => tensor.ByteCount);

    private IEnumerable<SafetensorsHeader> Files { get; init; } = [];

    /// <summary>Works it out.</summary>
    /// <exception cref="Faults.LayerToolException">An adapter does not fit, or two of them go into no one config.</exception>
    public static AdapterOutput Of(LayerPlan plan, CheckpointSet sources, AdapterSet adapters)
    {
        ImmutableArray<OutputTensor>.Builder tensors = ImmutableArray.CreateBuilder<OutputTensor>();
        List<SavedModule> modules = [];
        List<PeftFolder> used = [];
        foreach ((LayerSlot slot, int place) in plan.Slots.Select((slot, place) => (slot, place)).Where(pair => pair.slot.Adapter is not null))
        {
            BoundAdapter bound = adapters.Bind(slot.Adapter!, sources[slot.Source]);
            int range = adapters.Find(slot.Adapter!)!.Value.Range;
            bool Travels(ExpectedTensor tensor) => bound.LayerOf(tensor) == slot.Layer && bound.IsIn(tensor.Layer, range) && slot.Plays(tensor.Role);

            used.Add(bound.Folder);
            foreach (AdaptedModule module in bound.Modules.Where(module => Travels(module.Weight)))
            {
                string path = bound.Moved(module.Path, module.Weight, place);
                modules.Add(new SavedModule(path, place, module));
                tensors.AddRange(Parts(module, path, GainOf(slot, module.Weight)));
            }

            foreach (AdaptedTensor tensor in bound.Tensors.Where(tensor => Travels(tensor.Base)))
            {
                tensors.Add(Named(tensor.Tensor, bound.Moved(tensor.Tensor.Module, tensor.Base, place), GainOf(slot, tensor.Base), tensor.Base.Gain));
            }
        }

        if (plan.EndsAdapter is string ends)
        {
            BoundAdapter bound = adapters.Bind(ends, sources[plan.EmbeddingSource]);
            used.Add(bound.Folder);
            foreach (AdaptedModule module in bound.Modules.Where(module => module.Weight.Layer is null))
            {
                modules.Add(new SavedModule(module.Path, null, module));
                tensors.AddRange(Parts(module, module.Path, gain: 1));
            }

            tensors.AddRange(bound.Tensors.Where(tensor => tensor.Base.Layer is null).Select(tensor => Named(tensor.Tensor, tensor.Tensor.Module, 1, GainPlace.None)));
        }

        PeftFolder[] folders = [.. used.Distinct()];
        return new AdapterOutput(tensors.ToImmutable(), AdapterOutputConfig.Write(folders, modules, [.. plan.Slots], sources)) { Files = folders.Select(folder => folder.Weights) };
    }

    /// <summary>Writes the folder.</summary>
    /// <param name="folder">The folder to make.</param>
    /// <param name="cancellation">Looked at before each piece.</param>
    /// <exception cref="Faults.LayerToolException">An adapter cannot be read, or the folder cannot be written.</exception>
    public void Write(string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        using (FileStream config = new(Path.Combine(folder, PeftConfig.FileName), FileMode.CreateNew, FileAccess.Write))
        {
            config.Write(Config.Span);
        }

        Dictionary<string, OutputTensor> byName = Tensors.ToDictionary(tensor => tensor.Name);
        using TensorStream stream = new(Files);
        using SafetensorsWriter writer = SafetensorsWriter.Create(
            Path.Combine(folder, PeftFolder.WeightsFileName), Tensors.Select(tensor => new TensorDeclaration(tensor.Name, tensor.Dtype, tensor.Source.Shape)));
        foreach (TensorEntry due in writer.Tensors)
        {
            stream.Write(byName[due.Name], writer, _ => { }, cancellation);
        }

        stream.RequireUnchanged();
        writer.Finish();
    }

    // The rows of B A and their lengths are multiplied; A is not.
    private static IEnumerable<OutputTensor> Parts(AdaptedModule module, string path, double gain)
    {
        yield return Named(module.A, path, gain: 1, GainPlace.None);
        yield return Named(module.B, path, gain, GainPlace.Weight);
        if (module.Magnitude is PeftTensor magnitude)
        {
            yield return Named(magnitude, path, gain, GainPlace.Weight);
        }
    }

    private static OutputTensor Named(PeftTensor tensor, string path, double gain, GainPlace place) => new(tensor.Renamed(path), tensor.Entry, tensor.Entry.Dtype, gain, place);

    private static double GainOf(LayerSlot slot, ExpectedTensor tensor) => tensor.Gain == GainPlace.None ? 1
        : tensor.Role == TensorRole.Attention ? slot.AttentionGain
        : slot.MlpGain;
}
