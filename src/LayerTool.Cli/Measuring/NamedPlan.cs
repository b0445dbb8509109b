using LayerTool.Plans;

namespace LayerTool.Cli.Measuring;

/// <summary>A plan with the name that it has in tables.</summary>
/// <param name="Name">Its name: the model, a file, or its notation.</param>
/// <param name="Plan">The plan.</param>
internal sealed record NamedPlan(string Name, LayerPlan Plan)
{
    private const int LongestFolder = 80;

    /// <summary>The name without what a folder's name may not hold.</summary>
    public string FolderName
    {
        get
        {
            string plain = string.Concat(Name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_' ? letter : '_')).Trim('.');
            return plain.Length <= LongestFolder ? plain : plain[^LongestFolder..];
        }
    }
}
