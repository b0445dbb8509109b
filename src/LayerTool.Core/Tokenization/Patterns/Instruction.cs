using LayerTool.Tokenization.Unicode;

namespace LayerTool.Tokenization.Patterns;

/// <summary>One step of a compiled pattern.</summary>
internal sealed record Instruction(Operation Operation)
{
    public CodePointSet? Set { get; init; }

    public int Minimum { get; init; }

    public int Maximum { get; init; }

    public int Target { get; init; }

    public int Fallback { get; init; }

    public Instruction[]? Look { get; init; }
}
