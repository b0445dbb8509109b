using System.Collections.Immutable;
using LayerTool.Faults;
using LayerTool.Yaml;

namespace LayerTool.Evaluation.Tasks;

/// <summary>The keys of one mapping of a task's file, read by type; every fault names file, line and key.</summary>
/// <param name="file">The file, for messages.</param>
/// <param name="path">The mapping's place in the file; empty for the whole.</param>
/// <param name="mapping">The mapping.</param>
/// <param name="under">What it stands over: keys that it has not are looked up there.</param>
internal sealed class TaskKeys(string file, string path, YamlMapping mapping, TaskKeys? under = null)
{
    /// <summary>The names of the keys.</summary>
    public IEnumerable<string> Names => mapping.Entries.Select(entry => entry.Key).Concat(under?.Names ?? []).Distinct(StringComparer.Ordinal);

    /// <summary>Opens a file.</summary>
    /// <exception cref="LayerToolException">It cannot be read, is no mapping, or has Python in it.</exception>
    public static TaskKeys Open(string file) => YamlFile.Read(file) is YamlMapping mapping
        ? new TaskKeys(file, "", mapping)
        : throw new LayerToolException($"{file}: is no mapping of keys, as a task is", "write `task: NAME` and the other keys of lm-evaluation-harness");

    /// <summary>These keys, and behind them those of another file.</summary>
    public TaskKeys Over(TaskKeys other) => new(file, path, mapping, other);

    /// <summary>Whether the key is there with a value.</summary>
    public bool Has(string key) => Find(key) is not (null or YamlScalar { IsNull: true });

    /// <summary>Whether the key is a mapping.</summary>
    public bool IsMapping(string key) => Find(key) is YamlMapping;

    /// <summary>File, line and key, for messages.</summary>
    public string Place(string key) => Find(key) is YamlNode node ? $"{Owner(key)}, line {node.Line}: `{Join(key)}`" : $"{file}: `{Join(key)}`";

    /// <summary>A text, a number as it is written; null where absent.</summary>
    public string? Text(string key) => Checked(key) switch
    {
        null or YamlScalar { IsNull: true } or YamlSequence => null,
        YamlScalar scalar => scalar.Text,
        _ => throw Fault(key, "is a mapping", "expected a text"),
    };

    /// <summary>A list of texts, or the values of a mapping; null where it is neither.</summary>
    public ImmutableArray<string>? Texts(string key) => Checked(key) switch
    {
        YamlSequence sequence => [.. sequence.Items.Select(item => Item(key, item))],
        YamlMapping values => [.. values.Entries.Select(entry => Item(key, entry.Value))],
        _ => null,
    };

    /// <summary>A number; null where absent.</summary>
    public double? Number(string key) => Checked(key) switch
    {
        null or YamlScalar { IsNull: true } => null,
        YamlScalar { Number: double number } => number,
        _ => throw Fault(key, "is no number", "expected a number"),
    };

    /// <summary>A truth value; null where absent.</summary>
    public bool? Flag(string key) => Checked(key) switch
    {
        null or YamlScalar { IsNull: true } => null,
        YamlScalar { Flag: bool flag } => flag,
        _ => throw Fault(key, "is neither true nor false", "expected `true` or `false`"),
    };

    /// <summary>A mapping; null where absent.</summary>
    public TaskKeys? Mapping(string key) => Checked(key) switch
    {
        null or YamlScalar { IsNull: true } => null,
        YamlMapping inner => new TaskKeys(Owner(key), Join(key), inner),
        _ => throw Fault(key, "is no mapping", "expected keys with values"),
    };

    /// <summary>A list of mappings; none where absent.</summary>
    public IReadOnlyList<TaskKeys> Mappings(string key) => Checked(key) switch
    {
        null or YamlScalar { IsNull: true } => [],
        YamlSequence sequence =>
        [
            .. sequence.Items.Select((item, index) => item is YamlMapping inner
                ? new TaskKeys(Owner(key), $"{Join(key)}[{index}]", inner)
                : throw Fault(key, "holds something that is no mapping", "expected a list of keys with values")),
        ],
        _ => throw Fault(key, "is no list", "expected a list of keys with values"),
    };

    /// <summary>Faults a key that nobody reads, and whatever would run Python.</summary>
    public void ExpectOnly(IReadOnlyList<string> known)
    {
        foreach (string key in Names)
        {
            Checked(key);
            if (!known.Contains(key))
            {
                string? nearest = Spelling.Nearest(key, known);
                throw Fault(key, "is not handled", nearest is null ? "take the key out, if the task means the same without it" : $"did you mean `{nearest}`? Otherwise take it out, if the task means the same without it");
            }
        }
    }

    /// <summary>The fault for a key that must be there.</summary>
    public LayerToolException Missing(string key) => new($"{file}: `{Join(key)}` is missing", "a task says what is asked (`doc_to_text`), what is right (`doc_to_target`), and what is measured (`metric_list`)");

    /// <summary>The fault for a value.</summary>
    public LayerToolException Fault(string key, string what, string hint) => new($"{Place(key)} {what}", hint);

    private YamlNode? Find(string key) => mapping[key] ?? under?.Find(key);

    private string Owner(string key) => mapping[key] is null && under is not null ? under.Owner(key) : file;

    private string Join(string key) => path.Length == 0 ? key : $"{path}.{key}";

    private YamlNode? Checked(string key)
    {
        YamlNode? node = Find(key);
        return node?.Tag is string tag && tag.Contains("function", StringComparison.Ordinal)
            ? throw Fault(key, $"is the Python function `{(node as YamlScalar)?.Text}`, which LayerTool does not run", "write it as a template, or as columns of the data")
            : node;
    }

    private string Item(string key, YamlNode item) => item is YamlScalar scalar ? scalar.Text : throw Fault(key, "holds something that is no text", "expected a list of texts");
}
