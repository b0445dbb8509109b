using System.Collections.Immutable;
using LayerTool.Data;
using LayerTool.Faults;
using LayerTool.Python;

namespace LayerTool.Evaluation.Tasks;

/// <summary>The rows that shots are taken from, drawn as the harness draws them: one generator a task, in the order of the documents.</summary>
/// <param name="task">The task.</param>
/// <param name="rows">The pool.</param>
/// <param name="count">Shots of a document.</param>
/// <param name="seed">Seed of the generator.</param>
public sealed class FewshotPool(EvaluationTask task, IReadOnlyList<DataRow> rows, int count, long seed)
{
    private readonly PythonRandom _random = new(seed);

    /// <summary>Number of rows in the pool.</summary>
    public int Size => rows.Count;

    /// <summary>The shots of the next document: places in the pool, in the order of the prompt.</summary>
    /// <param name="document">The evaluated document; it is taken out of its own shots where the task has it so.</param>
    /// <exception cref="LayerToolException">The pool is too small.</exception>
    public ImmutableArray<int> Next(DataRow document)
    {
        if (count == 0)
        {
            return [];
        }

        if (task.Sampling == FewshotSampling.First)
        {
            int[] all = [.. Enumerable.Range(0, rows.Count)];
            return [.. Enough(task.ShotsExcludeDocument ? Without(document, all) : all, count).Take(count)];
        }

        if (!task.ShotsExcludeDocument)
        {
            return [.. Sample([.. Enumerable.Range(0, rows.Count)], count)];
        }

        int[] drawn = Without(document, Sample([.. Enumerable.Range(0, rows.Count)], count + 1));

        // Where equal copies of the document leave too few, the harness draws again from a pool without any of them.
        return [.. (drawn.Length < count ? Sample(Without(document, [.. Enumerable.Range(0, rows.Count)]), count) : drawn).Take(count)];
    }

    /// <summary>A row of the pool.</summary>
    public DataRow this[int place] => rows[place];

    private int[] Sample(int[] places, int wanted) => [.. _random.Sample(Enough(places, wanted).Length, wanted).Select(index => places[index])];

    private int[] Enough(int[] places, int wanted) => places.Length >= wanted
        ? places
        : throw new LayerToolException(
            $"task `{task.Name}`: {count} shots take {wanted} rows of a pool that has {places.Length}", "lower `--num-fewshot`, or give a longer split");

    private int[] Without(DataRow document, int[] places) => [.. places.Where(place => !rows[place].SameAs(document))];
}
