namespace LayerTool.Checkpoints;

/// <summary>How far the values of two tensors are apart.</summary>
/// <param name="MaxAbs">The largest |right − left| over the elements that are numbers in both; null where values cannot be compared.</param>
/// <param name="Elements">Elements of another value; null where values cannot be compared.</param>
/// <param name="NotNumbers">Elements that are NaN in one of the two only.</param>
internal readonly record struct ValueDifference(double? MaxAbs, long? Elements, long NotNumbers)
{
    /// <summary>This difference and that of some more elements.</summary>
    public ValueDifference With(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        double most = MaxAbs ?? 0;
        long elements = Elements ?? 0;
        long notNumbers = NotNumbers;
        for (int index = 0; index < left.Length; index++)
        {
            double one = left[index];
            double other = right[index];
            if (one == other || (double.IsNaN(one) && double.IsNaN(other)))
            {
                continue; // −0 and 0 are one value
            }

            elements++;
            if (double.IsNaN(one) || double.IsNaN(other))
            {
                notNumbers++;
            }
            else
            {
                most = Math.Max(most, Math.Abs(other - one));
            }
        }

        return new ValueDifference(most, elements, notNumbers);
    }
}
