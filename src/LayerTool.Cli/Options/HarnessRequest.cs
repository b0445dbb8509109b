namespace LayerTool.Cli.Options;

/// <summary>What is asked of tasks.</summary>
internal sealed record HarnessRequest
{
    /// <summary>Names of tasks and groups, and YAML files; none where no task is run.</summary>
    public IReadOnlyList<string> Tasks { get; init; } = [];

    /// <summary>Folder of the data, or null.</summary>
    public string? Data { get; init; }

    /// <summary>Shots, or null for each task's own number.</summary>
    public int? Shots { get; init; }

    /// <summary>The first document.</summary>
    public int Offset { get; init; }

    /// <summary>Documents, or below 1 a part of them; null for all.</summary>
    public double? Limit { get; init; }

    /// <summary>The evaluated split, or null for each task's own.</summary>
    public string? Split { get; init; }

    /// <summary>Tokens that the model reads at most, or null for its context.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Whether prompts go through the chat template.</summary>
    public bool ChatTemplate { get; init; }

    /// <summary>Whether each shot is a turn of its own there.</summary>
    public bool ShotsAsTurns { get; init; } = true;

    /// <summary>Text in front of everything, or null.</summary>
    public string? SystemInstruction { get; init; }

    /// <summary>Bootstrap replicates.</summary>
    public int BootstrapIterations { get; init; } = 100_000;

    /// <summary>Whether log-probabilities are taken in the model's type.</summary>
    public bool SoftmaxInModelDtype { get; init; }

    /// <summary>Folder of samples, or null.</summary>
    public string? Samples { get; init; }

    /// <summary>Whether a stopped run is gone on with.</summary>
    public bool Resume { get; init; }

    /// <summary>File of comma-separated results, or null.</summary>
    public string? Csv { get; init; }

    /// <summary>File of samples whose requests are asked again, or null.</summary>
    public string? Replay { get; init; }

    /// <summary>Seed of the draws of shots.</summary>
    public long Seed { get; init; } = 1234;
}
