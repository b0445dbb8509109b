namespace LayerTool.Faults;

/// <summary>Numbers of things in sentences.</summary>
internal static class Counted
{
    /// <summary>Such as <c>1 token</c>, <c>2,048 tokens</c>.</summary>
    /// <param name="count">How many.</param>
    /// <param name="thing">The thing, as one of it is called.</param>
    public static string Of(long count, string thing) => FormattableString.Invariant($"{count:N0} {thing}{(count == 1 ? "" : "s")}");
}
