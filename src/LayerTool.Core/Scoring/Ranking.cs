using LayerTool.Data;
using LayerTool.Faults;

namespace LayerTool.Scoring;

/// <summary>Scores, and what they are the scores of: enough to notice when they are used for something else.</summary>
public sealed record Ranking
{
    /// <summary>The model as it was named.</summary>
    public required string Model { get; init; }

    /// <summary>Hash of its checkpoints.</summary>
    public required string ModelHash { get; init; }

    /// <summary>The plan that was scored, in the notation.</summary>
    public required string Plan { get; init; }

    /// <summary>The type that it was computed in.</summary>
    public required string Dtype { get; init; }

    /// <summary>Name of the calibration text.</summary>
    public required string Calibration { get; init; }

    /// <summary>Hash of its token sequences.</summary>
    public required string CalibrationHash { get; init; }

    /// <summary>Number of sequences.</summary>
    public required int Sequences { get; init; }

    /// <summary>The scores.</summary>
    public required LayerScores Scores { get; init; }

    /// <summary>Checks that the scores are those of a model.</summary>
    /// <param name="file">Where they were read, for the message.</param>
    /// <param name="modelHash">Hash of the checkpoints that are edited.</param>
    /// <param name="plan">Their plan.</param>
    /// <exception cref="LayerToolException">They are of another model or plan; both values are shown.</exception>
    public void CheckModel(string file, string modelHash, string plan)
    {
        Check(file, "model hash", ModelHash, modelHash);
        Check(file, "plan", Plan, plan);
    }

    /// <summary>Checks that the scores were computed in a type that was asked for by hand.</summary>
    /// <exception cref="LayerToolException">In another one; both are shown.</exception>
    public void CheckDtype(string file, string dtype) => Check(file, "dtype", Dtype, dtype);

    /// <summary>Checks that the scores were taken on a text that was named by hand.</summary>
    /// <exception cref="LayerToolException">On another one, or cut in another way; both hashes are shown.</exception>
    public void CheckCalibration(string file, CalibrationSet calibration) => Check(file, "calibration hash", CalibrationHash, calibration.Hash);

    private static void Check(string file, string what, string stored, string wanted)
    {
        if (stored != wanted)
        {
            throw new LayerToolException(
                $"`{file}` holds scores of another model or run: its {what} is `{stored}`, here it is `{wanted}`", "score this model with `layertool score`");
        }
    }
}
