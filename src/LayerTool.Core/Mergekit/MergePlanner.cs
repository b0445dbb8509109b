using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;

namespace LayerTool.Mergekit;

/// <summary>Makes one <see cref="MergePlan"/>: slots, then the main source, then names, then embedding and head.</summary>
/// <param name="file">The merge file.</param>
/// <param name="open">Opens a checkpoint by its folder or repository id.</param>
internal sealed class MergePlanner(MergeFile file, Func<string, Checkpoint> open)
{
    private readonly OrderedDictionary<string, MergeSource> _sources = new(StringComparer.Ordinal); // by what the path means
    private readonly List<(string Key, LayerSlot Slot)> _slots = [];
    private readonly List<string> _left = [];

    public MergePlan Plan()
    {
        foreach (MergeSlice slice in file.Slices)
        {
            AddSlots(slice);
        }

        string main = Main();
        Name(main);
        MergeSlice first = file.Slices[0];
        MergeSource embedding = Source(first.Model);
        bool fromLast = MergeTables.TakesEndFromLast(embedding.Checkpoint);
        MergeSlice last = fromLast ? file.Slices[^1] : first;
        MergeSource head = Source(last.Model);
        new MergeScale(file.File, first, embedding.Checkpoint).RequireNone(embedding.Checkpoint.Layers.BeforeLayers);
        new MergeScale(file.File, last, head.Checkpoint).RequireNone(head.Checkpoint.Layers.AfterLayers);
        LayerPlan plan = new([.. _slots.Select(slot => slot.Slot with { Source = _sources[slot.Key].Name })])
        {
            EmbeddingSource = embedding.Name,
            HeadSource = head.Name,
            TiedHead = embedding != head && !head.Checkpoint.StoresHead && !_sources[main].Checkpoint.StoresHead,
        };
        return new MergePlan(plan, [.. _sources.Values.OrderByDescending(source => source.Name == LayerPlan.Main)], [.. Notes(fromLast, head)]);
    }

    private void AddSlots(MergeSlice slice)
    {
        string key = Key(slice.Model);
        Checkpoint checkpoint = Source(slice.Model).Checkpoint;
        int count = checkpoint.Layers.Count;
        int start = slice.First ?? 0;
        int end = slice.End ?? count;
        if (end > count)
        {
            throw new LayerToolException(
                $"{file.File}: line {slice.Line}: `layer_range` [{start}, {end}] goes past the end of {slice.Model}, which has {count} layers",
                count == 0 ? "name a checkpoint with layers" : $"the whole checkpoint is [0, {count}]: the end is not counted");
        }

        if (_slots.Count + (end - start) > PlanLimits.MaxSlots)
        {
            throw new LayerToolException(string.Create(CultureInfo.InvariantCulture, $"{file.File}: the merge has more than {PlanLimits.MaxSlots:N0} layers"), "merge fewer layers");
        }

        MergeScale scale = new(file.File, slice, checkpoint);
        for (int layer = start; layer < end; layer++)
        {
            // Of one layer alone mergekit takes the last value of a gradient.
            double place = end - start == 1 ? 1 : (double)(layer - start) / (end - start - 1);
            (double attention, double mlp) = scale.Gains(layer, place);
            if (attention == 0 && mlp == 0)
            {
                _left.Add(string.Create(CultureInfo.InvariantCulture, $"layer {layer} of {slice.Model}"));
            }
            else
            {
                _slots.Add((key, new LayerSlot(LayerPlan.Main, layer, attention, mlp)));
            }
        }
    }

    /// <summary>The checkpoint that config and other files come from: the base, else the one with most layers, the first named on a tie.</summary>
    private string Main()
    {
        if (file.BaseModel is string model)
        {
            Source(model);
            return Key(model);
        }

        Dictionary<string, int> layers = _slots.CountBy(slot => slot.Key).ToDictionary();
        return _sources.Keys.MaxBy(key => layers.GetValueOrDefault(key))!; // MaxBy takes the first of equals
    }

    /// <summary>Names the sources by the last part of their paths.</summary>
    private void Name(string main)
    {
        HashSet<string> taken = [LayerPlan.Main];
        foreach ((string key, MergeSource source) in _sources.ToList())
        {
            string name = LayerPlan.Main;
            if (key != main)
            {
                string wish = Wish(key);
                name = wish;
                for (int number = 2; !taken.Add(name); number++)
                {
                    name = string.Create(CultureInfo.InvariantCulture, $"{wish}{number}");
                }
            }

            _sources[key] = source with { Name = name };
        }
    }

    private static string Wish(string key)
    {
        const int RoomForNumber = 6;
        string last = key.TrimEnd('/', '\\').Split('/', '\\')[^1];
        string name = string.Concat(last.Select(letter => PlanLimits.IsNamePart(letter) ? letter : '_').Take(PlanLimits.MaxNameLength - RoomForNumber));
        return name.Length > 0 && PlanLimits.IsNameStart(name[0]) ? name : $"_{name}";
    }

    private IEnumerable<string> Notes(bool fromLast, MergeSource head)
    {
        if (_left.Count > 0)
        {
            const int MostShown = 8;
            string more = _left.Count > MostShown ? $" and {_left.Count - MostShown} more" : "";
            yield return $"{string.Join(", ", _left.Take(MostShown))}{more}: both halves are scaled by 0, so {(_left.Count == 1 ? "the slot is" : "these slots are")} left out; mergekit's file has {(_left.Count == 1 ? "one layer" : $"{_left.Count} layers")} more and gives equal logits";
        }

        if (!fromLast && Key(file.Slices[^1].Model) != Key(file.Slices[0].Model))
        {
            yield return $"mergekit has no table for `{head.Checkpoint.ModelType}` models and takes final norm and head from the first slice; so does this plan";
        }
    }

    private MergeSource Source(string model)
    {
        string key = Key(model);
        if (!_sources.TryGetValue(key, out MergeSource? source))
        {
            source = new MergeSource(LayerPlan.Main, model, open(model));
            _sources.Add(key, source);
        }

        return source;
    }

    /// <summary>One key for all spellings of a folder.</summary>
    private static string Key(string model) => Directory.Exists(model) ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(model)) : model;
}
