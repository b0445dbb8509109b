using LayerTool.Architectures;
using LayerTool.Faults;
using LayerTool.Safetensors;

namespace LayerTool.Checkpoints;

/// <summary>What is unusual about a checkpoint without being a fault.</summary>
internal static class CheckpointNotes
{
    private const int Chunk = 1 << 16;

    public static IEnumerable<string> Of(Checkpoint checkpoint)
    {
        if (checkpoint.IsQuantized)
        {
            yield return "the weights are quantised: whole layers can be edited, the model is not run";
        }

        if (checkpoint.IsWrapped)
        {
            yield return $"the text decoder is a tower inside a `{checkpoint.ModelType}` checkpoint: its layers are edited{(checkpoint.Family is null ? "" : " and run on text")}, everything else is carried as it is";
        }

        // A config at fault is told by whoever needs it; these notes are for those that read.
        if (checkpoint.Architecture is not ArchitectureSpec family || TiedEmbeddings(checkpoint) is not true)
        {
            yield break;
        }

        string headName = family.Names.Head + ".weight";
        if (checkpoint.Tensors.TryGetValue(headName, out TensorEntry? head)
            && checkpoint.Tensors.TryGetValue(family.Names.Embedding + ".weight", out TensorEntry? embedding))
        {
            string readers = $"transformers 4 takes the embedding for the head, transformers 5 and LayerTool take {Quoted.Text(headName)}";
            yield return StartAlike(checkpoint, head, embedding)
                ? $"`tie_word_embeddings` is true and {Quoted.Text(headName)} is stored all the same: {readers}"
                : $"`tie_word_embeddings` is true, but {Quoted.Text(headName)} is not equal to the embedding: {readers}";
        }
    }

    private static bool? TiedEmbeddings(Checkpoint checkpoint)
    {
        try
        {
            return checkpoint.Config.TiedEmbeddings;
        }
        catch (LayerToolException)
        {
            return null;
        }
    }

    /// <summary>Compares the first bytes only: opening a checkpoint reads no weights.</summary>
    private static bool StartAlike(Checkpoint checkpoint, TensorEntry head, TensorEntry embedding)
    {
        if (head.Dtype != embedding.Dtype || !head.Shape.SequenceEqual(embedding.Shape))
        {
            return false;
        }

        using TensorReader reader = checkpoint.OpenWeights();
        int count = (int)Math.Min(Chunk, head.ByteCount);
        byte[] left = new byte[count];
        byte[] right = new byte[count];
        reader.Read(head, 0, left);
        reader.Read(embedding, 0, right);
        return left.AsSpan().SequenceEqual(right);
    }
}
