using LayerTool.Architectures;
using LayerTool.Models;
using LayerTool.Tensors;
using TorchSharp;

namespace LayerTool.Evaluation.Likelihood;

/// <summary>Which rows run side by side: those of like length, as many as make a full batch and fit the memory.</summary>
/// <param name="decoder">The model.</param>
/// <param name="batchSize">Rows of a batch, or null.</param>
internal sealed class TreeBatches(Decoder decoder, int? batchSize)
{
    private const int TokensOnCpu = 2048;
    private const int TokensOnDevice = 16384;
    private const double PartOfMemory = 0.5;

    /// <summary>
    /// Whether a row's result depends on how long the rows beside it are, or layers keep a state that texts side by side cannot share:
    /// then each text runs as if alone.
    /// </summary>
    public bool LengthMatters(IReadOnlyList<TokenWindow> windows) =>
        decoder.Config.Layers.Any(layer => layer.Mixer != TokenMixer.Attention)
        || decoder.Config.Rope.DependsOnLength && windows.Any(window => window.InputLength > decoder.Config.Rope.OriginalContextLength);

    /// <summary>The batches of a family, longest rows first, so that what does not fit is known at once.</summary>
    public IEnumerable<IReadOnlyList<TokenTree>> Of(TreeFamily family, bool equalLengths)
    {
        List<TokenTree> batch = [];
        foreach (TokenTree row in family.Rows.OrderByDescending(row => row.Length))
        {
            if (batch.Count > 0)
            {
                int longest = batch[0].Length - family.Beginning, length = row.Length - family.Beginning;
                bool full = batch.Count >= (batchSize ?? Math.Max(1, TokensAtOnce(longest, family.Beginning) / longest));
                bool unlike = length < longest && (equalLengths || length < longest * 3 / 4);
                if (full || unlike)
                {
                    yield return batch;
                    batch = [];
                }
            }

            batch.Add(row);
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    // A full batch keeps the machine busy; more gains nothing. Less where memory is short.
    private int TokensAtOnce(int longest, int beginning)
    {
        bool onCpu = decoder.Device.type == DeviceType.CPU;
        int tokens = onCpu ? TokensOnCpu : TokensOnDevice;
        if (!onCpu || MemoryBudget.AvailableBytes() is not long available)
        {
            return tokens;
        }

        ModelConfig config = decoder.Config;
        double perToken = RunMemory.States(config, 1, 1, decoder.Dtype.ElementSize())
            + (4.0 * config.AttentionHeads * (longest + beginning))
            + (2.0 * config.MostKvHeads * config.HeadDim * decoder.Dtype.ElementSize() * beginning / longest);
        return (int)Math.Min(tokens, available * PartOfMemory / perToken);
    }
}
