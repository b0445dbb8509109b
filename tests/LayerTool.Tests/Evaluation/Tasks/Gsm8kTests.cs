using LayerTool.Evaluation.Metrics;
using LayerTool.Evaluation.Tasks;
using Xunit;

namespace LayerTool.Tests.Evaluation.Tasks;

/// <summary>Filters and metric of gsm8k, on answers whose scores the harness's own classes gave.</summary>
public sealed class Gsm8kTests
{
    private static readonly EvaluationTask Task = BuiltInTasks.All.Single(task => task.Name == "gsm8k");

    [Theory]
    [InlineData(" The answer is 2.\n#### 2\n\n", "2", "2", "#### 4", false, false)]
    [InlineData(" 1,000 pens ... 5000\n#### 5000\n\n", "5000", "5000", "a\n#### 5,000", true, true)]
    [InlineData(" 8 / 10 = <<8*10=80>>80 \n#### 80\n\n", "80", "80", "#### $80", true, true)]
    [InlineData(" ... 7.\n#### 7\n\n", "7", "7", "#### 7.", true, true)]
    [InlineData("", "[invalid]", "[invalid]", "#### 1", false, false)]
    [InlineData("So it is $1,234.", "[invalid]", "$1,234.", "#### 1234", false, true)]
    [InlineData("#### 10\n\nBut maybe 12...", "10", "12...", "#### 10", true, false)]
    [InlineData("It costs 5 dollars. Wait...", "[invalid]", "...", "#### 5", false, false)]
    [InlineData("#### $18 or 3-5", "[invalid]", "-5", "#### -5", false, true)]
    public void Answers_are_found_and_compared_as_in_the_harness(string text, string strict, string flexible, string target, bool strictly, bool flexibly)
    {
        ExactMatch match = new(Task.ExactMatch);
        string[] found = [.. Task.Filters.Select(filter => filter.Apply(text))];

        Assert.Equal([strict, flexible], found);
        Assert.Equal(strictly, match.IsMatch(found[0], [target]));
        Assert.Equal(flexibly, match.IsMatch(found[1], [target]));
    }

    [Theory]
    [InlineData("18", "18.0", false)]
    [InlineData("007", "7", false)]
    [InlineData("72.", "72", true)]
    [InlineData("72..", "72", false)]
    public void Numbers_are_compared_as_texts(string answer, string target, bool expected)
    {
        Assert.Equal(expected, new ExactMatch(Task.ExactMatch).IsMatch(answer, [target]));
    }
}
