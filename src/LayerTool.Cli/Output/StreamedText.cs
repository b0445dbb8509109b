namespace LayerTool.Cli.Output;

/// <summary>Text that is shown as it grows. Its beginning comes with the first piece, so that a run that fails shows nothing.</summary>
/// <param name="reporter">Where it is shown.</param>
/// <param name="beginning">What stands in front; where it is empty, white space in front is left out, too.</param>
internal sealed class StreamedText(Reporter reporter, string beginning)
{
    private bool _begun;

    public void Add(string piece)
    {
        if (!_begun)
        {
            piece = beginning.Length > 0 ? beginning + piece : piece.TrimStart();
            _begun = piece.Length > 0;
        }

        reporter.Piece(piece);
    }

    /// <summary>Ends the line.</summary>
    public void Finish()
    {
        Add("");
        reporter.Line("");
    }
}
