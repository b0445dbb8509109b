using LayerTool.Models;
using LayerTool.Plans;

namespace LayerTool.Cli.Measuring;

/// <summary>Measures plans on prompts that have been read.</summary>
/// <param name="decoder">The model.</param>
/// <param name="plans">The plans.</param>
/// <param name="cancellation">Checked in front of each slot.</param>
internal delegate DiversityResult MeasureDiversity(Decoder decoder, IReadOnlyList<LayerPlan> plans, CancellationToken cancellation);
