namespace LayerTool.Faults;

/// <summary>
/// A fault of what the user gave: a file, an option, a request that cannot be met. The command line prints it as one sentence
/// and a hint and exits with 1. Every other exception is a bug of LayerTool.
/// </summary>
public class LayerToolException : Exception
{
    /// <summary>Makes a fault.</summary>
    /// <param name="message">One sentence: the file, tensor, layer or option, what was expected, what was found.</param>
    /// <param name="hint">What to do about it: lower-case, names in backticks, no full stop.</param>
    /// <param name="innerException">The cause, shown with <c>--verbose</c>.</param>
    public LayerToolException(string message, string hint, Exception? innerException = null)
        : base(message, innerException)
    {
        Hint = hint;
    }

    /// <summary>What to do about it.</summary>
    public string Hint { get; }
}
