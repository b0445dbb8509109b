using System.CommandLine;
using System.Globalization;

namespace LayerTool.Cli.Options;

/// <summary>
/// An option whose number may be left out. The next word is its number only where it is a whole number, so that the model can
/// follow: <c>drop --attn MODEL</c>. The library would take any word, so <see cref="Join"/> settles it before the line is parsed.
/// </summary>
internal sealed class DropCountOption : Option<DropCount?>
{
    private const string Unsaid = "auto";

    public DropCountOption(string name, string description)
        : base(name)
    {
        Description = $"{description}; without N as many as `--max-loss-increase` allows";
        HelpName = "N";
        CustomParser = result => result.Tokens[^1].Value == Unsaid
            ? new DropCount(null)
            : Syntax.Count()(result) is int number ? new DropCount(number) : null;
    }

    /// <summary>Puts each of the options and its number into one word: <c>--attn 8</c> → <c>--attn=8</c>, else <c>--attn=auto</c>.</summary>
    /// <param name="args">The line.</param>
    /// <param name="names">The options.</param>
    public static IReadOnlyList<string> Join(IReadOnlyList<string> args, IReadOnlySet<string> names)
    {
        List<string> joined = [];
        for (int index = 0; index < args.Count; index++)
        {
            string word = args[index];
            if (word == "--")
            {
                return [.. joined, .. args.Skip(index)];
            }

            if (!names.Contains(word))
            {
                joined.Add(word);
                continue;
            }

            bool hasNumber = index + 1 < args.Count && long.TryParse(args[index + 1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
            joined.Add($"{word}={(hasNumber ? args[++index] : Unsaid)}");
        }

        return joined;
    }
}
