using LayerTool.Cli.Output;
using LayerTool.Progress;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli.Output;

public sealed class ProgressLineTests : IDisposable
{
    private const string Erase = "\r\e[2K";

    private readonly ManualClock _clock = new();
    private readonly StringWriter _written = new();

    public void Dispose() => _written.Dispose();

    [Fact]
    public void A_phase_within_a_second_is_never_shown()
    {
        using (ProgressLine progress = Make(ProgressStyle.Line))
        {
            progress.Report(new Step("scoring", 0, 10, "tokens"));
            _clock.Advance(0.9);
            progress.Report(new Step("scoring", 10, 10, "tokens"));
        }

        Assert.Empty(_written.ToString());
    }

    [Fact]
    public void A_longer_one_shows_part_rate_and_time_left_and_goes_away()
    {
        using (ProgressLine progress = Make(ProgressStyle.Line))
        {
            progress.Report(new Step("scoring", 0, 4000, "tokens"));
            _clock.Advance(2);
            progress.Report(new Step("scoring", 1000, 4000, "tokens"));
        }

        Assert.Equal(
            Erase + "scoring  ######..................  25%  1,000/4,000 tokens  500/s  6 s left" + Erase,
            _written.ToString());
    }

    [Fact]
    public void A_phase_whose_first_step_takes_long_is_shown_with_that_step()
    {
        using (ProgressLine progress = Make(ProgressStyle.Line))
        {
            _clock.Advance(4);
            progress.Report(new Step("recording", 1, 4, "runs"));
        }

        Assert.Equal(Erase + "recording  ######..................  25%  1/4 runs  0/s  12 s left" + Erase, _written.ToString());
    }

    [Theory]
    [InlineData(120, "saving  ############............  50%  1.0 GB/2.0 GB  250.0 MB/s  4 s left")]
    [InlineData(60, "saving  #####.....  50%  1.0 GB/2.0 GB  250.0 MB/s  4 s left")]
    [InlineData(20, "saving    50%  1.0 GB/2.0 GB  250.0 MB/s  4 s left")]
    public void The_bar_takes_what_the_words_leave(int width, string text) =>
        Assert.Equal(text, ProgressLine.Describe(new Step("saving", 1_000_000_000, 2_000_000_000, "bytes"), TimeSpan.FromSeconds(4), width));

    [Fact]
    public void It_is_drawn_at_most_ten_times_a_second()
    {
        using ProgressLine progress = Make(ProgressStyle.Line);
        progress.Report(new Step("saving", 0, 1000, "bytes"));
        _clock.Advance(5);
        for (int done = 1; done <= 1000; done++)
        {
            progress.Report(new Step("saving", done, 1000, "bytes"));
            _clock.Advance(0.001);
        }

        Assert.InRange(_written.ToString().Split(Erase).Length - 1, 9, 11);
    }

    [Fact]
    public void A_line_never_exceeds_the_terminal()
    {
        using ProgressLine progress = new(new OutputTarget(_written, isTerminal: true, width: 30), ProgressStyle.Line, _clock);
        progress.Report(new Step("a phase with a long name", 0, 1000, "windows"));
        _clock.Advance(3);
        progress.Report(new Step("a phase with a long name", 500, 1000, "windows"));

        Assert.Equal(29, _written.ToString().Replace(Erase, "", StringComparison.Ordinal).Length);
    }

    [Fact]
    public void Off_a_terminal_a_phase_is_one_plain_line()
    {
        using (ProgressLine progress = Make(ProgressStyle.Plain))
        {
            foreach (string phase in (string[])["scoring", "saving"])
            {
                for (int done = 1; done <= 100; done++)
                {
                    _clock.Advance(0.1);
                    progress.Report(new Step(phase, done, 100, "windows"));
                }
            }
        }

        Assert.Equal(["scoring: 100 windows in 10 s", "saving: 100 windows in 10 s", ""], _written.ToString().Split(_written.NewLine));
    }

    [Fact]
    public void Hidden_it_writes_nothing()
    {
        using (ProgressLine progress = Make(ProgressStyle.Hidden))
        {
            progress.Report(new Step("scoring", 0, 10, "tokens"));
            _clock.Advance(20);
            progress.Report(new Step("scoring", 5, 10, "tokens"));
        }

        Assert.Empty(_written.ToString());
    }

    private ProgressLine Make(ProgressStyle style) => new(new OutputTarget(_written, isTerminal: style == ProgressStyle.Line, width: 120), style, _clock);
}
