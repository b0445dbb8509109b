namespace LayerTool.Cli.Output;

/// <summary>Text that is shown as it grows. Its beginning comes with the first piece, so that a run that fails shows nothing.</summary>
/// <param name="reporter">Where it is shown.</param>
/// <param name="beginning">What stands in front.</param>
internal sealed class StreamedText(Reporter reporter, string beginning)
{
    private bool _begun;

    public void Add(string piece)
    {
        reporter.Piece(_begun ? piece : beginning + piece);
        _begun = true;
    }

    /// <summary>Ends the line.</summary>
    public void Finish()
    {
        Add("");
        reporter.Line("");
    }
}
