namespace LayerTool.Evaluation.Tasks;

/// <summary>What a task asks of the model for each document, under the harness's names.</summary>
public enum OutputType
{
    /// <summary>How likely one text is behind another (<c>loglikelihood</c>).</summary>
    LogLikelihood,

    /// <summary>Which of several texts is likeliest (<c>multiple_choice</c>).</summary>
    MultipleChoice,

    /// <summary>How likely a whole text is (<c>loglikelihood_rolling</c>).</summary>
    Rolling,

    /// <summary>What the model writes, up to a stop string (<c>generate_until</c>).</summary>
    GenerateUntil,
}
