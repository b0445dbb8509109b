using System.Globalization;
using LayerTool.Progress;

namespace LayerTool.Cli.Output;

/// <summary>
/// Shows the steps of a long run: phase, part done, rate, time left. A phase counts from the end of the one before, the first from
/// where the line was made, so that one whose first step takes long is shown with that step. One that ends within a second never is.
/// </summary>
internal sealed class ProgressLine(OutputTarget target, ProgressStyle style, TimeProvider? clock = null) : IProgress<Step>, IDisposable
{
    private const int MaxBarWidth = 24;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DrawEvery = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly Lock _lock = new();
    private Step? _latest;
    private long _reported = (clock ?? TimeProvider.System).GetTimestamp();
    private long _started;
    private long _drawn;
    private bool _visible;

    public void Report(Step value)
    {
        if (style == ProgressStyle.Hidden)
        {
            return;
        }

        lock (_lock)
        {
            long now = _clock.GetTimestamp();
            if (_latest?.Phase != value.Phase)
            {
                EndPhase();
                _started = _reported;
                _drawn = _reported;
            }

            _latest = value;
            _reported = now;
            if (style == ProgressStyle.Line && _clock.GetElapsedTime(_started, now) >= Patience && _clock.GetElapsedTime(_drawn, now) >= DrawEvery)
            {
                _drawn = now;
                Draw(value, _clock.GetElapsedTime(_started, now));
            }
        }
    }

    /// <summary>Takes the line away, so that something else can be written; the next step draws it again.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            Erase();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            EndPhase();
            _latest = null;
        }
    }

    /// <summary>Text of a step after a time: <c>scoring  ####....  50%  1,200/2,400 tokens  530/s  2 s left</c>.</summary>
    /// <param name="step">The step.</param>
    /// <param name="elapsed">Time since the phase began.</param>
    /// <param name="width">Columns; the bar takes what the words leave.</param>
    internal static string Describe(Step step, TimeSpan elapsed, int width)
    {
        double rate = elapsed > TimeSpan.Zero ? step.Done / elapsed.TotalSeconds : 0;
        string speed = rate > 0 ? $"  {Number(step, (long)rate)}/s" : "";
        if (step.Total <= 0)
        {
            return $"{step.Phase}  {Amount(step)}{speed}";
        }

        double part = Math.Clamp((double)step.Done / step.Total, 0, 1);
        string left = rate > 0 ? $"  {Quantity.Duration(TimeSpan.FromSeconds((step.Total - step.Done) / rate))} left" : "";
        string words = string.Create(CultureInfo.InvariantCulture, $"{part * 100,3:0}%  {Number(step, step.Done)}/{Amount(step with { Done = step.Total })}{speed}{left}");
        int bar = Math.Clamp(width - step.Phase.Length - words.Length - 3, 0, MaxBarWidth);
        int filled = (int)(part * bar);
        return $"{step.Phase}  {new string('#', filled)}{new string('.', bar - filled)} {words}";
    }

    private static string Amount(Step step) => step.Unit == "bytes" ? Number(step, step.Done) : $"{Number(step, step.Done)} {step.Unit}";

    private static string Number(Step step, long count) => step.Unit == "bytes" ? Quantity.Bytes(count) : Quantity.Whole(count);

    private void Draw(Step step, TimeSpan elapsed)
    {
        string text = Describe(step, elapsed, target.Width - 1);
        target.Writer.Write(string.Concat("\r\e[2K", text.AsSpan(0, Math.Min(text.Length, target.Width - 1))));
        target.Writer.Flush();
        _visible = true;
    }

    private void EndPhase()
    {
        Erase();
        if (style == ProgressStyle.Plain && _latest is Step step && _clock.GetElapsedTime(_started, _reported) is TimeSpan elapsed && elapsed >= Patience)
        {
            target.Writer.WriteLine($"{step.Phase}: {Amount(step)} in {Quantity.Duration(elapsed)}");
            target.Writer.Flush();
        }
    }

    private void Erase()
    {
        if (_visible)
        {
            target.Writer.Write("\r\e[2K");
            target.Writer.Flush();
            _visible = false;
        }
    }
}
