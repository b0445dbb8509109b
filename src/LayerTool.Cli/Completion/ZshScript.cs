using System.Text;

namespace LayerTool.Cli.Completion;

/// <summary>Completion for zsh, by its own <c>_arguments</c>.</summary>
internal static class ZshScript
{
    public static string Write(IReadOnlyList<CompletedVerb> verbs)
    {
        StringBuilder script = new("""
            #compdef layertool
            # Completion of layertool for zsh: source <(layertool completion zsh), or a file _layertool of this in a folder of $fpath
            _layertool() {
                if (( CURRENT == 2 )); then
                    local -a verbs
                    verbs=(

            """);
        foreach (CompletedVerb verb in verbs)
        {
            script.Append($"            '{verb.Name}:{Escaped(verb.Description)}'\n");
        }

        script.Append("""
                    )
                    _describe -t commands command verbs
                    return
                fi
                shift words
                (( CURRENT-- ))
                case $words[1] in

            """);
        foreach (CompletedVerb verb in verbs)
        {
            script.Append($"        {verb.Name})\n            _arguments -S");
            foreach (string option in verb.Options.SelectMany(Options))
            {
                script.Append($" \\\n                '{option}'");
            }

            script.Append($" \\\n                '*:{(verb.Words.Count > 0 ? $"word:({string.Join(' ', verb.Words)})" : "file:_files")}' ;;\n");
        }

        script.Append("""
                esac
            }
            if [[ $funcstack[1] == _layertool ]]; then _layertool "$@"; else compdef _layertool layertool; fi

            """);
        return script.ToString();
    }

    // One a name; the names of one option leave each other out.
    private static IEnumerable<string> Options(CompletedOption option) => option.Names.Select(name =>
    {
        string others = option.MayRepeat ? "*" : option.Names.Count > 1 ? $"({string.Join(' ', option.Names)})" : "";
        string value = !option.TakesValue ? "" : option.Words.Count > 0 ? $":value:({string.Join(' ', option.Words)})" : ":value:_files";
        string joined = !option.TakesValue ? "" : name.StartsWith("--", StringComparison.Ordinal) ? "=" : "+";
        return $"{others}{name}{joined}[{Escaped(option.Description)}]{value}";
    });

    private static string Escaped(string text)
    {
        StringBuilder escaped = new();
        foreach (char letter in text)
        {
            escaped.Append(letter switch { '\'' => "'\\''", '\\' or ':' or '[' or ']' => $"\\{letter}", _ => letter.ToString() });
        }

        return escaped.ToString();
    }
}
