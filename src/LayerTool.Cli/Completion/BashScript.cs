using System.Text;

namespace LayerTool.Cli.Completion;

/// <summary>Completion for bash: words where an option or argument has its own, otherwise bash's own completion of files.</summary>
internal static class BashScript
{
    public static string Write(CompletedVerb program, IReadOnlyList<CompletedVerb> verbs)
    {
        StringBuilder script = new("""
            # Completion of layertool for bash: source <(layertool completion bash)
            _layertool() {
                local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} verb= word words=
                # bash makes three words of --name=value
                if [[ $current == = ]]; then current=; elif [[ $previous == = ]]; then previous=${COMP_WORDS[COMP_CWORD - 2]}; fi
                for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                    if [[ $word != -* ]]; then verb=$word; break; fi
                done
                COMPREPLY=()
                case $verb:$previous in

            """);
        foreach (CompletedVerb verb in verbs)
        {
            foreach (CompletedOption option in verb.Options.Where(option => option.TakesValue))
            {
                string patterns = string.Join(" | ", option.Names.Select(name => $"{verb.Name}:{name}"));
                script.Append($"        {patterns}) words='{string.Join(' ', option.Words)}' ;;\n");
            }
        }

        script.Append("        *) case $verb:$current in\n");
        foreach (CompletedVerb verb in verbs.Prepend(program))
        {
            script.Append($"            {verb.Name}:-*) words='{Names(verb)}' ;;\n");
            if (verb.Words.Count > 0)
            {
                script.Append($"            {verb.Name}:*) words='{string.Join(' ', verb.Words)}' ;;\n");
            }
        }

        script.Append("""
                    esac ;;
                esac
                if [[ -n $words ]]; then COMPREPLY=($(compgen -W "$words" -- "$current")); fi
            }
            complete -o bashdefault -o default -F _layertool layertool

            """);
        return script.ToString();
    }

    private static string Names(CompletedVerb verb) => string.Join(' ', verb.Options.SelectMany(option => option.Names));
}
