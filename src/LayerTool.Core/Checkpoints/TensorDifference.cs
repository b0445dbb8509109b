namespace LayerTool.Checkpoints;

/// <summary>A tensor in which two models differ.</summary>
/// <param name="Name">Its name; the same in both.</param>
/// <param name="Layer">Index of its layer, or null outside the layers.</param>
/// <param name="Change">How it differs.</param>
/// <param name="Left">Type and shape in the first model, such as <c>BF16 [32, 44]</c>; null where it has none.</param>
/// <param name="Right">Type and shape in the second model; null where it has none.</param>
/// <param name="MaxAbsDifference">The largest |right − left| over the elements that are numbers in both; null where values cannot be compared.</param>
/// <param name="DifferingElements">Elements of another value; null where values cannot be compared.</param>
/// <param name="NotNumbers">Elements that are NaN in one of the two only.</param>
public sealed record TensorDifference(
    string Name,
    int? Layer,
    TensorChange Change,
    string? Left,
    string? Right,
    double? MaxAbsDifference = null,
    long? DifferingElements = null,
    long NotNumbers = 0);
