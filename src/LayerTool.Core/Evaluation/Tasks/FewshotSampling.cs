namespace LayerTool.Evaluation.Tasks;

/// <summary>How shots are taken from their pool.</summary>
public enum FewshotSampling
{
    /// <summary>Drawn anew for each document (<c>default</c>).</summary>
    Random,

    /// <summary>The first ones, for all documents the same (<c>first_n</c>).</summary>
    First,
}
