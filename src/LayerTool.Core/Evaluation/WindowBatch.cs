using LayerTool.Architectures;
using LayerTool.Data;
using LayerTool.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Evaluation;

/// <summary>Windows that go through a model side by side.</summary>
internal sealed class WindowBatch
{
    private const int TokensOnCpu = 2048;
    private const int TokensOnDevice = 16384;

    private readonly TokenWindow[] _windows;

    private WindowBatch(IReadOnlyList<TokenWindow> all, int[] indices)
    {
        Indices = indices;
        _windows = [.. indices.Select(index => all[index])];
        Tokens = _windows.Sum(window => (long)window.InputLength);
        int longest = _windows.Max(window => window.InputLength);
        List<long> rows = [];
        List<long> targets = [];
        for (int index = 0; index < _windows.Length; index++)
        {
            TokenWindow window = _windows[index];
            for (int position = window.InputLength - window.Predicted; position < window.InputLength; position++)
            {
                rows.Add(((long)index * longest) + position);
                targets.Add(window.Ids.Span[position + 1]);
            }
        }

        (Rows, Targets) = ([.. rows], [.. targets]);
    }

    /// <summary>Which windows, by their place in the text.</summary>
    public int[] Indices { get; }

    /// <summary>Tokens that go through the model.</summary>
    public long Tokens { get; }

    /// <summary>Of each predicted token, window after window: the row of [B · T] that predicts it.</summary>
    public long[] Rows { get; }

    /// <summary>Of each predicted token: its id.</summary>
    public long[] Targets { get; }

    /// <summary>Cuts a text into batches. Longest first, so that the largest batch comes at the start: what does not fit is known at once.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="windows">The text.</param>
    /// <param name="batchSize">Windows in a batch; null for as many as make a full one.</param>
    public static IEnumerable<WindowBatch> Cut(Decoder decoder, IReadOnlyList<TokenWindow> windows, int? batchSize)
    {
        int tokens = decoder.Device.type == DeviceType.CPU ? TokensOnCpu : TokensOnDevice;
        bool lengthMatters = decoder.Config.Rope.Kind == RopeKind.Dynamic; // its frequencies follow the longest row
        List<int> batch = [];
        foreach (int index in Enumerable.Range(0, windows.Count).OrderByDescending(index => windows[index].InputLength))
        {
            int length = windows[index].InputLength;
            if (batch.Count > 0)
            {
                int longest = windows[batch[0]].InputLength;
                bool full = batch.Count >= (batchSize ?? Math.Max(1, tokens / longest));
                bool unlike = length < longest && (lengthMatters || length < longest * 3 / 4);
                if (full || unlike)
                {
                    yield return new WindowBatch(windows, [.. batch]);
                    batch.Clear();
                }
            }

            batch.Add(index);
        }

        if (batch.Count > 0)
        {
            yield return new WindowBatch(windows, [.. batch]);
        }
    }

    /// <summary>What the model reads, padded on the right: [B, T], int64.</summary>
    public Tensor Ids() => TokenBatch.Of([.. _windows.Select(window => window.Ids[..^1])]);

    /// <summary>Number of tokens that window number <paramref name="member"/> of the batch predicts.</summary>
    public int Predicted(int member) => _windows[member].Predicted;
}
