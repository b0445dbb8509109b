using System.Globalization;
using LayerTool.Tests.Support;
using LayerTool.Tokenization;
using Xunit;

namespace LayerTool.Tests.Tokenization;

/// <summary>
/// A line without spaces that is 32 times as long takes about 32 times the work, with every kind of tokenizer. Work is what
/// the processor spends on this thread, so that a busy machine changes little; the square would be 1024 times.
/// </summary>
public sealed class LongLineTests
{
    private const string ThreadTimes = "/proc/thread-self/schedstat";
    private const int Short = 1 << 13;
    private const int Growth = 32;
    private const double MostTimes = 320;

    public static TheoryData<string> Folders =>
    [
        "gpt2", "qwen3", "deepseek_v3", "gptoss", "llama2", "gemma3", "extra-metaspace-first", "extra-clip-like", "unigram-2k", "extra-unigram-precompiled",
        "extra-unigram-bytefallback", "bert", "extra-wordpiece-cased", "extra-splits", "mistral-v3",
    ];

    // Letters, one letter, capitals, digits, marks, letters beyond the first plane, and accents: each takes other branches of the patterns.
    private static readonly string[] Lines = ["onceuponatime", "a", "ONCE", "1234567", "=-+", "文字", "𠀀", "e\u0301\u0323"];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Work_grows_with_the_length_and_not_with_its_square(string folder)
    {
        Assert.SkipUnless(File.Exists(ThreadTimes), $"there is no {ThreadTimes} here");
        Tokenizer tokenizer = Tokenizer.Open(SharedFiles.Find("tokenizers/" + folder), TokenizerMode.Raw);
        foreach (string line in Lines)
        {
            string few = Repeated(line, Short), many = Repeated(line, Growth * Short);
            tokenizer.Encode(few, addSpecialTokens: false);
            double once = Math.Max(1e-3, Math.Min(Work(tokenizer, few), Work(tokenizer, few)));

            double times = Work(tokenizer, many) / once;
            times = times < MostTimes ? times : Work(tokenizer, many) / once; // the first may have collected other tests' garbage

            Assert.True(times < MostTimes, $"`{line}` {Growth} times as often takes {times:F0} times the work");
        }
    }

    private static string Repeated(string text, int length) => string.Concat(Enumerable.Repeat(text, length / text.Length));

    private static double Work(Tokenizer tokenizer, string text)
    {
        double start = ThreadSeconds();
        tokenizer.Encode(text, addSpecialTokens: false);
        return ThreadSeconds() - start;
    }

    // Nanoseconds that this thread has run, then those that it waited.
    private static double ThreadSeconds() => long.Parse(File.ReadAllText(ThreadTimes).Split(' ')[0], CultureInfo.InvariantCulture) / 1e9;
}
