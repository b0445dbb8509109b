namespace LayerTool.Verification;

/// <summary>Where a run first leaves its reference, going from the embedding to the logits.</summary>
public static class Bisection
{
    /// <summary>The first place that does not hold, in words, or null where all states hold.</summary>
    /// <param name="findings">Of <see cref="Verifier.Run"/>: they are in the order of the run.</param>
    public static string? FirstDeparture(IEnumerable<Finding> findings)
    {
        Finding? first = findings.FirstOrDefault(finding => !finding.Holds);
        if (first is null)
        {
            return null;
        }

        string[] parts = first.Name.Split('.');
        return parts[0] switch
        {
            "embed" => "the embedding",
            "attn" => $"layer {parts[1]}, attention",
            "mlp" => $"layer {parts[1]}, MLP",
            "layer" => $"layer {parts[1]}, where its halves are added to the residual stream",
            "logits" when parts.Length == 1 => "the final norm or the head: every layer holds",
            "logits" => $"the batch padded on the {parts[1]}: the row alone holds",
            "case" => $"the edited case `{first.Name[5..]}`: the plain run holds",
            _ => $"`{first.Name}`: every tensor holds",
        };
    }
}
