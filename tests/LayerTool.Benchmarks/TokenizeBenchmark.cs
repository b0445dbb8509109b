using System.Text;
using System.Text.Json;
using LayerTool.Tokenization;

namespace LayerTool.Benchmarks;

/// <summary>Tokenizing by every kind of tokenizer, on text that it has not seen yet: bytes by the processor's time, whatever else it does.</summary>
internal static class TokenizeBenchmark
{
    private const int Size = 1_000_000; // UTF-16 units
    private const int Warm = 200_000;

    private static readonly (string Kind, string[] Folders)[] Tokenizers =
    [
        ("byte-level BPE", ["gpt2", "llama3", "qwen3", "deepseek_v3", "gptoss"]),
        ("byte-fallback BPE", ["llama2", "gemma3"]),
        ("BPE with </w>", ["extra-clip-like"]),
        ("Unigram", ["unigram-2k", "extra-unigram-precompiled", "extra-unigram-bytefallback"]),
        ("WordPiece", ["bert"]),
        ("sentencepiece", ["mistral-v3"]),
    ];

    /// <summary>Measures.</summary>
    /// <param name="shared">The folder with <c>tokenizers</c> and <c>data</c>.</param>
    public static void Run(string shared)
    {
        string folder = Path.Combine(shared, "tokenizers");
        if (!Directory.Exists(folder))
        {
            Console.WriteLine($"tokenizing: left out, there is no folder {folder} (LAYERTOOL_SHARED names the one above it)");
            return;
        }

        (string Name, string Text)[] texts =
        [
            ("English", English(Path.Combine(shared, "data", "wikitext"))),
            ("Chinese", Chinese(Tokenizer.Open(Path.Combine(folder, "qwen3"), TokenizerMode.Raw))),
            ("code", Code()),
        ];
        Console.WriteLine("tokenizing, one core, first sight of the text (wanted: 2 MB/s)");
        foreach ((string kind, string[] names) in Tokenizers)
        {
            foreach (string name in names)
            {
                Tokenizer tokenizer = Tokenizer.Open(Path.Combine(folder, name), TokenizerMode.Raw);
                IEnumerable<string> rates = texts.Select(text => $"{text.Name} {Rate(tokenizer, text.Text),5:F1} MB/s");
                Console.WriteLine($"  {kind,-18} {name,-27} {string.Join("   ", rates)}");
            }
        }
    }

    // The beginning warms the program up, and the caches as far as a text warms them for its own rest.
    private static double Rate(Tokenizer tokenizer, string text)
    {
        tokenizer.Encode(text[..Warm], addSpecialTokens: false);
        string rest = text[Warm..];
        return Encoding.UTF8.GetByteCount(rest) / 1e6 / Timing.Processor(() => tokenizer.Encode(rest, addSpecialTokens: false));
    }

    private static string English(string folder)
    {
        StringBuilder text = new();
        foreach (string line in Directory.GetFiles(folder, "*.jsonl").Order(StringComparer.Ordinal).SelectMany(File.ReadLines))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            text.Append(row.RootElement.GetProperty("page").GetString());
        }

        return text.ToString(0, Size);
    }

    // No Chinese text lies here: words of a vocabulary, the frequent ones more often, as Zipf has it.
    private static string Chinese(Tokenizer tokenizer)
    {
        string[] words =
        [
            .. Enumerable.Range(0, tokenizer.VocabularySize).Select(id => tokenizer.Decode([id])).Where(word => word.Length > 0 && word.All(character => character is >= '\u4E00' and <= '\u9FFF')),
        ];
        Random random = new(1);
        StringBuilder text = new();
        while (text.Length < Size)
        {
            text.Append(words[(int)Math.Exp(random.NextDouble() * Math.Log(words.Length))]);
            if (random.Next(8) == 0)
            {
                text.Append(random.Next(3) == 0 ? "。\n" : "，");
            }
        }

        return text.ToString(0, Size);
    }

    private static string Code()
    {
        DirectoryInfo? repository = new(AppContext.BaseDirectory);
        while (repository is not null && !File.Exists(Path.Combine(repository.FullName, "LayerTool.sln")))
        {
            repository = repository.Parent;
        }

        string root = repository?.FullName ?? throw new InvalidOperationException("The program does not stand in its repository.");
        StringBuilder text = new();
        foreach (string file in Directory.GetFiles(Path.Combine(root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            text.Append(File.ReadAllText(file));
        }

        return text.ToString(0, Size);
    }
}
