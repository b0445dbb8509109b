using System.Text;

namespace LayerTool.Cli.Completion;

/// <summary>Completion for fish: one line an option of a command.</summary>
internal static class FishScript
{
    public static string Write(CompletedVerb program, IReadOnlyList<CompletedVerb> verbs)
    {
        StringBuilder script = new("# Completion of layertool for fish: layertool completion fish | source\n");
        string none = $"'not __fish_seen_subcommand_from {string.Join(' ', program.Words)}'";
        foreach (CompletedVerb verb in verbs)
        {
            script.Append($"complete -c layertool -n {none} -f -a {verb.Name} -d '{Escaped(verb.Description)}'\n");
        }

        WriteOptions(script, none, program);
        foreach (CompletedVerb verb in verbs)
        {
            string here = $"'__fish_seen_subcommand_from {verb.Name}'";
            if (verb.Words.Count > 0)
            {
                script.Append($"complete -c layertool -n {here} -f -a '{string.Join(' ', verb.Words)}'\n");
            }

            WriteOptions(script, here, verb);
        }

        return script.ToString();
    }

    private static void WriteOptions(StringBuilder script, string condition, CompletedVerb verb)
    {
        foreach (CompletedOption option in verb.Options)
        {
            string names = string.Concat(option.Names.Select(name => name.StartsWith("--", StringComparison.Ordinal) ? $" -l {name[2..]}" : $" -s {name[1..]}"));
            string value = !option.TakesValue ? "" : option.Words.Count > 0 ? $" -x -a '{string.Join(' ', option.Words)}'" : " -r -F";
            script.Append($"complete -c layertool -n {condition}{names}{value} -d '{Escaped(option.Description)}'\n");
        }
    }

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);
}
