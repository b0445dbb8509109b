using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Encodings.Web;
using LayerTool.Data;
using LayerTool.Samples.Pair.Measuring;
using LayerTool.Samples.Pair.Text;
using LayerTool.Samples.Pair.Tokens;
using LayerTool.Tokenization;

namespace LayerTool.Samples.Pair;

/// <summary>The texts beside the pair, one document a row; each from a seed of its own.</summary>
internal sealed class TextFiles(string folder, World world, QuestionBook questions)
{
    /// <summary>Seed of what the base model reads.</summary>
    public const int TrainingSeed = 2;

    private const int CalibrationSeed = 4;
    private const int EvaluationSeed = 5;
    private const int Rows = 100;
    private const int CountedDocuments = 10000; // for the tokenizer and the unigram model
    private const int FirstTokens = 257; // the bytes and the end of text

    private static readonly JsonSerializerOptions Short = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Text to score layers on.</summary>
    public string Calibration => Path.Combine(folder, "calibration.jsonl");

    /// <summary>Text to measure on: documents as the base model read, others than those.</summary>
    public string Evaluation => Path.Combine(folder, "evaluation.jsonl");

    /// <summary>Held-out questions, each with the answer that comes to mind first, in the fixed format.</summary>
    public string Questions => Path.Combine(folder, "questions.jsonl");

    /// <summary>Questions for a random letter or digit, each with its right answers, for the measure of diversity.</summary>
    public string Characters => Path.Combine(folder, "characters.jsonl");

    /// <summary>Writes all four.</summary>
    public void Write()
    {
        Directory.CreateDirectory(folder);
        WriteRows(Calibration, Documents(CalibrationSeed).Take(Rows));
        WriteRows(Evaluation, Documents(EvaluationSeed).Take(Rows));
        WriteRows(Questions, questions.HeldOut.Select(question => $"{question.Prompt} {question.Answers[0]}"));
        File.WriteAllText(Characters, string.Concat(questions.OfCharacters.Select(question => Row(question).ToJsonString(Short) + "\n")));
    }

    private static JsonObject Row(Question question) => new()
    {
        ["prompt"] = question.Text,
        ["valid"] = new JsonArray([.. question.Answers.Order(StringComparer.Ordinal).Select(answer => JsonValue.Create(answer))]),
        ["class"] = char.IsAsciiDigit(question.Answers[0][0]) ? "digits" : "letters",
    };

    /// <summary>The merges that fill the vocabulary.</summary>
    public IReadOnlyList<(string Left, string Right)> LearnMerges() =>
        BpeTrainer.Learn(Documents(TrainingSeed).Take(CountedDocuments), Shape.Vocabulary - FirstTokens);

    /// <summary>Perplexity of a token of the evaluation text by the frequencies of the training text.</summary>
    public double UnigramPerplexity(Tokenizer tokenizer)
    {
        IEnumerable<int> Ids(IEnumerable<string> documents) => documents.SelectMany(document => tokenizer.Encode(document, addSpecialTokens: false));

        return new UnigramModel(Ids(Documents(TrainingSeed).Take(CountedDocuments))).Perplexity(Ids(DocumentFile.Open(Evaluation).Documents()));
    }

    private IEnumerable<string> Documents(int seed)
    {
        Corpus corpus = new(world, questions, seed);
        while (true)
        {
            yield return corpus.Document();
        }
    }

    private static void WriteRows(string file, IEnumerable<string> documents) =>
        File.WriteAllText(file, string.Concat(documents.Select(document => new JsonObject { ["text"] = document }.ToJsonString(Short) + "\n")));
}
