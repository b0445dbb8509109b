namespace LayerTool.Tying;

/// <summary>Names of the forms, as the command line says them.</summary>
public static class TieLayouts
{
    /// <summary>The name of a form.</summary>
    public static string NameOf(TieLayout layout) => layout == TieLayout.Unrolled ? "unrolled+peft" : layout.ToString().ToLowerInvariant();
}
