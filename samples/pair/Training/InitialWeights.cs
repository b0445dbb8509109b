using LayerTool.Samples.Pair.Text;
using static TorchSharp.torch;

namespace LayerTool.Samples.Pair.Training;

/// <summary>Weights to begin with, normally distributed, by name.</summary>
internal static class InitialWeights
{
    private const double OfEmbedding = 0.05;
    private static readonly double OfMatrix = 1 / Math.Sqrt(Shape.Hidden);

    // Of what is added to the stream, so that its size does not grow with depth.
    private static readonly double OfUpdate = OfMatrix / Math.Sqrt(2 * Shape.Layers);

    /// <summary>All tensors in float32, in the caller's scope.</summary>
    public static SortedDictionary<string, Tensor> Make(int seed)
    {
        Draw draw = new(seed);
        SortedDictionary<string, Tensor> weights = new(StringComparer.Ordinal);

        void Matrix(string name, int rows, int columns, double deviation) =>
            weights.Add(name, tensor([.. Enumerable.Range(0, rows * columns).Select(_ => draw.Normal(deviation))], [rows, columns], dtype: ScalarType.Float32));

        void Norm(string name) => weights.Add(name, ones([Shape.Hidden], dtype: ScalarType.Float32));

        Matrix("model.embed_tokens.weight", Shape.Vocabulary, Shape.Hidden, OfEmbedding);
        Norm("model.norm.weight");
        for (int layer = 0; layer < Shape.Layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            Norm(prefix + "input_layernorm.weight");
            Matrix(prefix + "self_attn.q_proj.weight", Shape.Heads * Shape.HeadDim, Shape.Hidden, OfMatrix);
            Matrix(prefix + "self_attn.k_proj.weight", Shape.KvHeads * Shape.HeadDim, Shape.Hidden, OfMatrix);
            Matrix(prefix + "self_attn.v_proj.weight", Shape.KvHeads * Shape.HeadDim, Shape.Hidden, OfMatrix);
            Matrix(prefix + "self_attn.o_proj.weight", Shape.Hidden, Shape.Heads * Shape.HeadDim, OfUpdate);
            Norm(prefix + "post_attention_layernorm.weight");
            Matrix(prefix + "mlp.gate_proj.weight", Shape.Inner, Shape.Hidden, OfMatrix);
            Matrix(prefix + "mlp.up_proj.weight", Shape.Inner, Shape.Hidden, OfMatrix);
            Matrix(prefix + "mlp.down_proj.weight", Shape.Hidden, Shape.Inner, OfUpdate);
        }

        return weights;
    }
}
