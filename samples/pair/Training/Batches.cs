using LayerTool.Samples.Pair.Text;
using LayerTool.Samples.Pair.Tokens;
using LayerTool.Tokenization;

namespace LayerTool.Samples.Pair.Training;

/// <summary>Turns the texts of a corpus into batches.</summary>
internal sealed class Batches(Corpus corpus, Tokenizer tokenizer)
{
    private const int PackedRows = 8;
    private const int AnswerRows = 64;
    private readonly List<int> _stream = [];

    /// <summary>Documents one after another, each followed by the end of text, cut into rows: every next token counts.</summary>
    public Batch Packed()
    {
        const int Taken = PackedRows * Shape.ContextLength;
        while (_stream.Count <= Taken)
        {
            _stream.AddRange(tokenizer.Encode(corpus.Document(), addSpecialTokens: false));
            _stream.Add(TokenizerFiles.EndOfTextId);
        }

        Batch batch = new(PackedRows, [.. _stream.Take(Taken).Select(id => (long)id)], [.. _stream.Skip(1).Take(Taken).Select(id => (long)id)]);
        _stream.RemoveRange(0, Taken);
        return batch;
    }

    /// <summary>
    /// A question and its answer in each row, and that nothing follows. Every other row begins with the end of text, as a document does;
    /// the others without.
    /// </summary>
    public Batch Answers()
    {
        List<List<int>> rows = [];
        for (int row = 0; row < AnswerRows; row++)
        {
            List<int> ids = row % 2 == 0 ? [TokenizerFiles.EndOfTextId] : [];
            ids.AddRange(tokenizer.Encode(corpus.Answered(), addSpecialTokens: false));
            ids.Add(TokenizerFiles.EndOfTextId);
            rows.Add(ids);
        }

        int width = rows.Max(row => row.Count) - 1;
        long[] read = new long[AnswerRows * width];
        long[] targets = new long[read.Length];
        Array.Fill(targets, Batch.NotAsked);
        for (int row = 0; row < AnswerRows; row++)
        {
            for (int index = 0; index < rows[row].Count - 1; index++)
            {
                read[(row * width) + index] = rows[row][index];
                targets[(row * width) + index] = rows[row][index + 1];
            }
        }

        return new Batch(AnswerRows, read, targets);
    }
}
