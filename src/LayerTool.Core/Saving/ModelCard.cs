using System.Buffers;
using System.Text;
using System.Text.Unicode;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Yaml;

namespace LayerTool.Saving;

/// <summary>The README.md of a checkpoint whose source had none: where the layers come from and how to get there again.</summary>
internal static class ModelCard
{
    /// <summary>Its file name.</summary>
    public const string FileName = "README.md";

    private const int MostFrontMatterBytes = 1 << 16;

    /// <summary>What no shell gives a meaning to.</summary>
    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%");

    /// <summary>
    /// What is wrong with the card of a source, as a sentence; null where it can be read or there is none. It travels as it is all the
    /// same: whoever publishes the checkpoint has to mend it.
    /// </summary>
    /// <param name="folder">Folder of the source.</param>
    public static string? Fault(string folder)
    {
        string file = Path.Combine(folder, FileName);
        try
        {
            if (!File.Exists(file))
            {
                return null;
            }

            using FileStream stream = File.OpenRead(file);
            byte[] start = new byte[Math.Min(stream.Length, MostFrontMatterBytes)];
            ReadOnlySpan<byte> text = start.AsSpan(0, stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false));
            bool isWhole = text.Length == stream.Length;
            return !Utf8.IsValid(isWhole ? text : text[..(text.LastIndexOf((byte)'\n') + 1)]) ? $"{file} is not UTF-8 text; it travels as it is"
                : text.StartsWith("---\n"u8) || text.StartsWith("---\r\n"u8) ? FrontMatterFault(text, file)
                : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null; // told where it is copied
        }
    }

    private static string? FrontMatterFault(ReadOnlySpan<byte> text, string file)
    {
        int end = text.IndexOf("\n---"u8);
        if (end < 0)
        {
            return $"{file} begins with `---` and no other `---` ends its front matter, so that no reader finds its fields; it travels as it is";
        }

        try
        {
            // With its first line, which YAML takes for the mark of a document: lines are counted as in the file.
            return YamlFile.Parse(Encoding.UTF8.GetString(text[..end]), file) is YamlMapping or YamlScalar { IsNull: true }
                ? null
                : $"{file}: the front matter holds no fields such as `license: mit`; it travels as it is: correct it before you publish";
        }
        catch (LayerToolException fault)
        {
            return $"{fault.Message}; it travels as it is: correct its front matter before you publish";
        }
    }

    /// <summary>Writes it. Paths of this machine are cut to their last part: a card is made to be published.</summary>
    public static string Write(CheckpointSet sources, LayerPlan plan, SavePlan saved, IReadOnlyList<string> command)
    {
        HashSet<string> used = [LayerPlan.Main, plan.EmbeddingSource, plan.HeadSource, .. plan.Slots.Select(slot => slot.Source)];
        List<(string Name, string Model)> models = [.. sources.Where(source => used.Contains(source.Key)).Select(source => (source.Key, PublicName(source.Value.Folder)))];
        StringBuilder card = new();
        card.Append("---\nbase_model:\n");
        foreach (string model in models.Select(model => model.Model).Distinct())
        {
            card.Append("- ").Append(model).Append('\n');
        }

        card.Append("library_name: transformers\ntags:\n- layertool\n---\n\n");
        card.Append("# ").Append(string.Join(" + ", models.Select(model => model.Model).Distinct())).Append(", layers edited\n\n");
        card.Append("Made with LayerTool from these checkpoints:\n\n");
        foreach ((string name, string model) in models)
        {
            card.Append("- `").Append(name).Append("`: ").Append(model).Append('\n');
        }

        card.Append("\nLayer plan, format `").Append(saved.FormatName).Append("`:\n\n    ").Append(PlanNotation.Print(plan)).Append('\n');
        if (command.Count > 0)
        {
            card.Append("\nCommand:\n\n    ").AppendJoin(' ', command.Select(word => Quote(Public(word)))).Append('\n');
        }

        foreach (string note in saved.Notes)
        {
            card.Append("\nNote: ").Append(Public(note, sources)).Append('\n');
        }

        card.Append("\n`layertool.json` holds the plan, the hashes of its sources and the steps that led to it.\n");
        return card.ToString();
    }

    /// <summary>A note with the folders of the sources cut to their names; the longest first, since one may lie in another.</summary>
    private static string Public(string note, CheckpointSet sources) => sources
        .Select(source => source.Value.Folder)
        .OrderByDescending(folder => folder.Length)
        .Aggregate(note, (text, folder) => text.Replace(folder, PublicName(folder), StringComparison.Ordinal));

    /// <summary>A word of the command with a path cut to its last part, be it the word or what follows a <c>=</c> in it.</summary>
    private static string Public(string word)
    {
        for (int start = 0; start < word.Length; start++)
        {
            if ((start == 0 || word[start - 1] == '=') && IsPath(word[start..]))
            {
                return word[..start] + PublicName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(word[start..])));
            }
        }

        return word;
    }

    /// <summary>A repository's id looks like a relative path, and is one only where something lies there.</summary>
    private static bool IsPath(string text) =>
        Path.IsPathRooted(text)
        || text is ['.' or '~', '/', ..] or ['.', '.', '/', ..]
        || text.AsSpan().ContainsAny('/', Path.DirectorySeparatorChar) && Path.Exists(text);

    /// <summary>A word as a POSIX shell reads it back.</summary>
    private static string Quote(string word) =>
        word.Length > 0 && !word.AsSpan().ContainsAnyExcept(Plain) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>The repository's id for a folder of the Hugging Face cache, else the folder's own name.</summary>
    private static string PublicName(string folder)
    {
        const string Mark = "models--";
        string? repository = folder.Split(Path.DirectorySeparatorChar).LastOrDefault(part => part.StartsWith(Mark, StringComparison.Ordinal));
        return repository is null ? Path.GetFileName(folder) : repository[Mark.Length..].Replace("--", "/", StringComparison.Ordinal);
    }
}
