using LayerTool.Faults;

namespace LayerTool.Architectures;

/// <summary>Reads the sizes and the routing of a mixture of experts.</summary>
internal static class ExpertsReader
{
    /// <summary>The settled experts, or null where the family has none.</summary>
    public static ExpertsConfig? Read(ConfigJson raw, ArchitectureSpec spec)
    {
        if (spec.Experts is not ExpertsSpec experts)
        {
            return null;
        }

        string countKey = experts.CountKeys.FirstOrDefault(raw.Has) ?? experts.CountKeys[0];
        int count = raw.RequiredSize(countKey);
        int perToken = raw.RequiredSize(experts.PerTokenKey);
        if (perToken > count)
        {
            throw new LayerToolException($"{raw.File}: `{experts.PerTokenKey}` ({perToken}) is above `{countKey}` ({count})", ConfigJson.OwnConfig);
        }

        int intermediate = raw.RequiredSize(experts.IntermediateKey);
        ExpertsConfig settled = new()
        {
            Count = count,
            PerToken = perToken,
            IntermediateSize = intermediate,
            SharedIntermediateSize = experts.SharedIntermediateKey is string widthKey ? raw.RequiredSize(widthKey)
                : experts.SharedCountKey is string sharedKey ? intermediate * (raw.Index(sharedKey) ?? 0)
                : 0,
            Normalized = raw.Holds(experts.Normalized),
            Scale = (experts.ScaleKey is string scaleKey ? raw.Number(scaleKey) : null) ?? 1,
            Jitter = raw.Number("router_jitter_noise") ?? 0,
            Limit = raw.Number("swiglu_limit") ?? 7,
            Alpha = raw.Number("swiglu_alpha") ?? 1.702,
        };
        return experts.Routing switch
        {
            RoutingRule.SparseMixer when perToken != 2 => throw raw.Wrong(experts.PerTokenKey, "2: this family chooses two experts"),
            RoutingRule.SoftmaxInGroups when (raw.Text("topk_method") ?? "greedy") == "greedy" => settled,
            RoutingRule.SoftmaxInGroups when raw.Text("topk_method") != "group_limited_greedy" => throw raw.Refused("topk_method", "a way of choosing experts that LayerTool does not have"),
            RoutingRule.SoftmaxInGroups or RoutingRule.SigmoidInGroups => Grouped(raw, settled),
            _ => settled,
        };
    }

    private static ExpertsConfig Grouped(ConfigJson raw, ExpertsConfig settled)
    {
        int groups = raw.Size("n_group") ?? 1;
        int chosen = raw.Size("topk_group") ?? 1;
        if (settled.Count % groups != 0)
        {
            throw raw.Wrong("n_group", $"a divisor of the {settled.Count} experts");
        }

        if (chosen > groups || chosen * (settled.Count / groups) < settled.PerToken)
        {
            throw raw.Wrong("topk_group", $"at most the {groups} groups, with at least {settled.PerToken} experts in them");
        }

        return settled with { Groups = groups, ChosenGroups = chosen };
    }
}
