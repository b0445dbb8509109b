using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Tensors;

namespace LayerTool.Cli.Measuring;

/// <summary>What the results of a run depend on beside the model, as its plan file tells it.</summary>
/// <param name="asked">What the command line asks for.</param>
internal sealed class PlanSettings(ComputeSettings asked)
{
    private readonly SortedDictionary<string, string> _data = new(StringComparer.Ordinal);

    /// <summary>Adds a text that the run has used.</summary>
    /// <param name="use">What for: <c>calibration</c>, <c>evaluation</c>.</param>
    /// <param name="name">Its name.</param>
    /// <param name="hash">SHA-256, in hex.</param>
    public void AddData(string use, string name, string hash) => _data[$"{use} {name}"] = $"sha256:{hash}";

    /// <summary>Adds what the run was told or found, in words.</summary>
    public void Add(string name, string value) => _data[name] = value;

    /// <summary>Names and values.</summary>
    /// <param name="run">What was computed with; null where nothing was computed.</param>
    public ImmutableSortedDictionary<string, string> Of(RunSettings? run)
    {
        ImmutableSortedDictionary<string, string>.Builder settings = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        settings.AddRange(_data);
        settings["seed"] = asked.Seed.ToString(CultureInfo.InvariantCulture);
        settings["device"] = run?.Device ?? asked.Device;
        settings["dtype"] = run?.Dtype ?? ComputeDtypes.NameOf(asked.Dtype);
        if (run is not null)
        {
            settings["threads"] = run.Threads.ToString(CultureInfo.InvariantCulture);
        }

        return settings.ToImmutable();
    }
}
