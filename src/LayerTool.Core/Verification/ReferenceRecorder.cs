using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Adapters;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Files;
using LayerTool.Generation;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Progress;
using LayerTool.Safetensors;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Verification;

/// <summary>
/// Writes reference outputs of LayerTool's own run in the form that <see cref="Verifier"/> reads, so that another program or
/// machine can be held against it. The first row gives all states; several rows also give batches padded left and right.
/// </summary>
public static class ReferenceRecorder
{
    private const int GreedyTokens = 16;

    /// <summary>Records.</summary>
    /// <param name="sources">The checkpoints.</param>
    /// <param name="plan">What is run.</param>
    /// <param name="rows">Token ids, one list a row; none empty.</param>
    /// <param name="settings">Device and type; <see cref="ComputeDtype.Auto"/> is float32.</param>
    /// <param name="file">The safetensors file; the .json is written beside it.</param>
    /// <param name="replace">Whether files of these names may be replaced.</param>
    /// <param name="adapters">The adapters that the plan names; null for none.</param>
    /// <param name="progress">Told of the runs.</param>
    /// <param name="cancellation">Looked at before each run.</param>
    /// <exception cref="LayerToolException">A file exists, cannot be written, or the plan cannot be run.</exception>
    public static void Record(
        CheckpointSet sources,
        LayerPlan plan,
        ImmutableArray<ImmutableArray<int>> rows,
        ComputeSettings settings,
        string file,
        bool replace,
        AdapterSet? adapters = null,
        IProgress<Step>? progress = null,
        CancellationToken cancellation = default)
    {
        string about = Path.ChangeExtension(file, ".json");
        if (about == file)
        {
            throw new LayerToolException($"{file}: the name ends in `.json`, which is the file beside it", "take a name that ends in `.safetensors`");
        }

        foreach (string path in (string[])[file, about])
        {
            OutputFile.Check(path, replace);
        }

        using DisposeScope scope = NewDisposeScope();
        ComputeDtype dtype = settings.Dtype == ComputeDtype.Auto ? ComputeDtype.Float32 : settings.Dtype;
        using Decoder decoder = Decoder.Open(sources, settings with { Dtype = dtype }, adapters: adapters);
        int runs = 0;
        void Next()
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new Step("recording", runs++, rows.Length > 1 ? 5 : 2, "runs"));
        }

        Dictionary<string, Tensor> tensors = Run(decoder, plan, rows, Next, out double spread);
        string text = About(sources, decoder, plan, rows, dtype, spread, Next).ToJsonString(Indented) + "\n";
        cancellation.ThrowIfCancellationRequested();
        using AsideFile aside = new(file);
        using AsideFile aboutAside = new(about);
        Write(aside.Path, tensors);
        aboutAside.Write(text);
        aside.Commit(replace);
        aboutAside.Commit(replace);
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static Dictionary<string, Tensor> Run(Decoder decoder, LayerPlan plan, ImmutableArray<ImmutableArray<int>> rows, Action next, out double spread)
    {
        Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
        Tensor ids = tensor(rows[0].Select(id => (long)id).ToArray(), [1, rows[0].Length], dtype: ScalarType.Int64);
        tensors.Add("ids", ids);
        ReferencePlaces places = ReferencePlaces.Of(decoder.Config.Architecture);
        using (StateRecorder recorder = places.Recorder())
        {
            next();
            tensors.Add("logits", decoder.Forward(plan, ids, observer: recorder));
            tensors.Add("embed", recorder.Find(ActivationPlace.Embedding, -1)!.clone());
            int slots = plan.Slots.Count();
            for (int slot = 0; slot < slots; slot++)
            {
                string number = slot.ToString(CultureInfo.InvariantCulture);
                Keep(tensors, "attn." + number, recorder.Find(places.Attention, slot));
                Keep(tensors, "mlp." + number, recorder.Find(places.Mlp, slot));
                Keep(tensors, "layer." + number, recorder.Find(ActivationPlace.SlotOutput, slot));
            }
        }

        spread = tensors["logits"].to(ScalarType.Float64).std().item<double>();
        if (rows.Length > 1)
        {
            foreach (bool left in (bool[])[true, false])
            {
                next();
                string side = left ? "left" : "right";
                (Tensor padded, Tensor mask) = TokenRows.Pad([.. rows], left);
                tensors.Add("ids." + side, padded);
                tensors.Add("mask." + side, mask);
                tensors.Add("logits." + side, decoder.Forward(plan, padded, mask));
            }
        }

        return tensors;
    }

    private static void Keep(Dictionary<string, Tensor> tensors, string name, Tensor? state)
    {
        if (state is not null)
        {
            tensors.Add(name, state.clone());
        }
    }

    private static void Write(string file, Dictionary<string, Tensor> tensors)
    {
        IEnumerable<TensorDeclaration> declared = tensors.Select(pair => new TensorDeclaration(pair.Key, TorchDtypes.Stored(pair.Value.dtype), [.. pair.Value.shape]));
        using SafetensorsWriter writer = SafetensorsWriter.Create(file, declared);
        foreach (TensorEntry entry in writer.Tensors)
        {
            using Tensor dense = tensors[entry.Name].cpu().contiguous();
            writer.Write(dense.bytes);
        }

        writer.Finish();
    }

    private static JsonObject About(
        CheckpointSet sources, Decoder decoder, LayerPlan plan, ImmutableArray<ImmutableArray<int>> rows, ComputeDtype dtype, double spread, Action next)
    {
        JsonObject about = new()
        {
            ["model_type"] = sources.Main.Config.Architecture.ModelType,
            ["layers"] = plan.Slots.Count(),
            ["computed_in"] = ComputeDtypes.NameOf(dtype),
            ["plans"] = new JsonObject(),
            ["failed"] = new JsonObject(),
            ["spread"] = spread,
        };
        if (plan != LayerPlan.Identity(sources.Main.Config.LayerCount))
        {
            about["plan"] = PlanNotation.Print(plan);
        }

        JsonArray Tokens(IReadOnlyList<TokenChoice> chosen) => [.. chosen.Select(choice => (JsonNode)choice.Token)];

        if (rows.Length > 1)
        {
            next();
            about["greedy_left"] = new JsonArray([.. TokenGenerator.Generate(decoder, plan, [.. rows], new GenerationSettings(GreedyTokens)).Select(row => (JsonNode)Tokens(row))]);
        }

        next();
        about["greedy_one_row_uncached"] = Tokens(TokenGenerator.Generate(decoder, plan, [rows[0]], new GenerationSettings(GreedyTokens) { Cached = false })[0]);
        return about;
    }
}
