namespace LayerTool.Scoring;

/// <summary>One thing that can be dropped, with its score.</summary>
/// <param name="Kind"><see cref="DropKind.Attention"/>, <see cref="DropKind.Mlp"/> or <see cref="DropKind.Block"/>.</param>
/// <param name="Layer">The layer; in a plan, the slot's number.</param>
/// <param name="Score">How much it changes the stream.</param>
public sealed record DropUnit(DropKind Kind, int Layer, double Score)
{
    /// <summary>Such as <c>layer 7's attention</c>.</summary>
    public override string ToString() => Kind switch
    {
        DropKind.Attention => $"layer {Layer}'s attention",
        DropKind.Mlp => $"layer {Layer}'s MLP",
        _ => $"layer {Layer}",
    };
}
