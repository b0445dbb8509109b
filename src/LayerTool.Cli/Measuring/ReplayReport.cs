using System.Globalization;
using LayerTool.Cli.Output;
using LayerTool.Evaluation.Samples;

namespace LayerTool.Cli.Measuring;

/// <summary>How answers here compare with those of a file of samples.</summary>
internal sealed class ReplayReport(string file, int documents, Replay replay, RunSettings settings) : IReport
{
    private const int MostShown = 20;

    public string Schema => "layertool.replay/1";

    public object Json => new
    {
        File = file,
        Documents = documents,
        replay.Requests,
        replay.Largest,
        LargestDifference = replay.Largest?.Size,
        BeyondTolerance = replay.Beyond,
        Flipped = replay.Flipped.ToArray(),
        Settings = settings,
    };

    public void WriteText(ReportWriter writer)
    {
        List<(string Name, string Value)> pairs =
        [
            ("samples", file),
            ("documents", Quantity.Whole(documents)),
            ("requests", Quantity.Whole(replay.Requests)),
        ];
        if (replay.Largest is ReplayDifference largest)
        {
            pairs.Add(("largest difference", string.Create(
                CultureInfo.InvariantCulture,
                $"{largest.Size:0.000000} (document {largest.Document}, request {largest.Request}: {largest.Logged:0.00000} there, {largest.Own:0.00000} here)")));
            pairs.Add(("beyond 0.001 + 0.00001·|ll|", Quantity.Whole(replay.Beyond)));
        }

        pairs.Add(("flipped predictions", replay.Flipped.IsEmpty
            ? "none"
            : $"{Quantity.Whole(replay.Flipped.Length)}: documents {string.Join(", ", replay.Flipped.Take(MostShown))}{(replay.Flipped.Length > MostShown ? ", …" : "")}"));
        pairs.Add(("computed in", settings.Dtype));
        writer.Pairs(pairs);
    }
}
