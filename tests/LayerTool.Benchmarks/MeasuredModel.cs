using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Benchmarks;

/// <summary>A model with its weights loaded, and the bare products that it contains: what a pass cannot be faster than.</summary>
internal sealed class MeasuredModel : IDisposable
{
    private MeasuredModel(string folder, ComputeDtype dtype)
    {
        Name = Path.GetFileName(folder);
        Decoder = Decoder.Open(new CheckpointSet(Checkpoint.Open(folder)), new ComputeSettings(Dtype: dtype));
        Plan = LayerPlan.Identity(Decoder.Config.LayerCount);
        using DisposeScope scope = NewDisposeScope();
        Decoder.Forward(Plan, Tokens(1, 2));
    }

    public string Name { get; }

    public Decoder Decoder { get; }

    public LayerPlan Plan { get; }

    private ModelConfig Config => Decoder.Config;

    /// <summary>Opens a checkpoint and loads all of it.</summary>
    public static MeasuredModel Open(string folder, ComputeDtype dtype) => new(folder, dtype);

    /// <summary>Drawn token ids, [rows, length].</summary>
    public Tensor Tokens(int rows, int length) => randint(0, Config.VocabSize, [rows, length], dtype: ScalarType.Int64);

    /// <summary>One product of every matrix of the layers with as many tokens as it is given, and attention over them; nothing else.</summary>
    public void EveryProduct(int rows, int length)
    {
        for (int layer = 0; layer < Config.LayerCount; layer++)
        {
            foreach (ExpectedTensor tensor in ExpectedTensors.InLayer(Config, layer).Where(tensor => tensor.Shape.Length == 2))
            {
                Product(Weight(tensor.Name), rows * length * tensor.UsedShare.Of / tensor.UsedShare.In);
            }

            if (length > 1)
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor heads = ones([rows, Config.AttentionHeads, length, Config.HeadDim], dtype: Decoder.Dtype);
                nn.functional.scaled_dot_product_attention(heads, heads, heads, null!, 0, true);
            }
        }
    }

    /// <summary>The product with the head.</summary>
    public void HeadProduct(int count)
    {
        TensorNames names = Config.Architecture.Names;
        Product(Weight((Config.TiedEmbeddings ? names.Embedding : names.Head) + ".weight"), count);
    }

    public void Dispose() => Decoder.Dispose();

    private Tensor Weight(string name) => Decoder.LoadedWeights(LayerPlan.Main)[name];

    private void Product(Tensor weight, int count)
    {
        using DisposeScope scope = NewDisposeScope();
        nn.functional.linear(ones([count, weight.size(1)], dtype: Decoder.Dtype), weight);
    }
}
