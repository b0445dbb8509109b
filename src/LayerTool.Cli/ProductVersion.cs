namespace LayerTool.Cli;

/// <summary>The version of this build, as provenance and <c>--version</c> give it.</summary>
internal static class ProductVersion
{
    public static string Text { get; } = typeof(ProductVersion).Assembly.GetName().Version!.ToString(fieldCount: 3);
}
