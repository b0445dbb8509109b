using System.Text.Json.Nodes;
using LayerTool.Faults;
using LayerTool.Tests.Support;
using LayerTool.Tokenization;
using Xunit;

namespace LayerTool.Tests.Tokenization;

public sealed class TokenizerFaultTests
{
    private const string Split = """{"type":"Split","pattern":{"Regex":"?"},"behavior":"Isolated","invert":false}""";

    [Theory]
    [InlineData("normalizer", """{"type":"Nmt"}""", "`normalizer.type` is \"Nmt\"")]
    [InlineData("normalizer", """{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Nmt"}]}""", "`normalizer.normalizers[1].type` is \"Nmt\"")]
    [InlineData("normalizer", """{"type":"NFC","form":"new"}""", "`normalizer.form` is \"new\"")]
    [InlineData("normalizer", """{"type":"Replace","pattern":{"String":""},"content":"x"}""", "`normalizer.pattern.String`")]
    [InlineData("pre_tokenizer", """{"type":"FixedLength"}""", "`pre_tokenizer.type` is \"FixedLength\"")]
    [InlineData("pre_tokenizer", Split, "`pre_tokenizer.pattern.Regex`: the pattern is not handled: `?` with nothing to repeat")]
    [InlineData("pre_tokenizer", """{"type":"Digits","individual_digits":"yes"}""", "`pre_tokenizer.individual_digits` is \"yes\", expected true or false")]
    [InlineData("post_processor", """{"type":"TemplateProcessing","single":[{"Sequence":{"id":"B"}}]}""", "`post_processor.single`")]
    [InlineData("post_processor", """{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>"}}]}""", "`<s>`, which `special_tokens`")]
    [InlineData("decoder", """{"type":"CTC"}""", "`decoder.type` is \"CTC\"")]
    [InlineData("decoder", """{"type":"Strip","content":"ab","start":1,"stop":0}""", "`decoder.content` is \"ab\", expected one character")]
    [InlineData("model", """{"type":"WordLevel","vocab":{}}""", "needs `model.unk_token`")]
    [InlineData("model", """{"type":"Unknown","vocab":{}}""", "`model.type` is \"Unknown\"")]
    [InlineData("model", """{"type":"Unigram","vocab":[["a",-1]],"unk_id":1}""", "`model.unk_id` is 1, and the vocabulary has 1 tokens")]
    [InlineData("model", """{"type":"Unigram","vocab":[["a"]],"unk_id":0}""", "`model.vocab[0]` is a list, expected a token and its score")]
    [InlineData("model", """{"type":"BPE","merges":[]}""", "needs `model.vocab`")]
    [InlineData("model", """{"type":"BPE","vocab":{"a":0},"merges":[],"dropout":0.1}""", "`model.dropout` is 0.1, which is not handled")]
    [InlineData("model", """{"type":"BPE","vocab":{"a":0},"merges":[],"continuing_subword_prefix":"##"}""", "`model.continuing_subword_prefix` is \"##\", which is not handled")]
    [InlineData("normalizer", """{"type":"Precompiled","precompiled_charsmap":"AAAA"}""", "`normalizer.precompiled_charsmap` is a character map that is cut short")]
    [InlineData("model", """{"type":"BPE","vocab":{"a":0},"merges":[],"unk_token":"u"}""", "`model.unk_token` is `u`, which is not in the vocabulary")]
    [InlineData("model", """{"type":"BPE","vocab":{"a":0,"b":0},"merges":[]}""", "gives the id 0 to two tokens, `a` and `b`")]
    [InlineData("model", """{"type":"BPE","vocab":{"a":4000000000},"merges":[]}""", "`model.vocab.a` is 4000000000")]
    [InlineData("model", """{"type":"BPE","vocab":{"a":0},"merges":["a a"]}""", "`model.merges[0]` joins `a` and `a`")]
    [InlineData("model", """{"type":"BPE","vocab":{"a":0},"merges":["a a a"]}""", "`model.merges[0]` is \"a a a\", expected two tokens")]
    [InlineData("model", """{"type":"BPE","vocab":{"\ud800":0},"merges":[]}""", "the string holds half of a surrogate pair")]
    [InlineData("added_tokens", """[{"id":1,"content":"<s>"}]""", "needs `added_tokens[0].special`")]
    [InlineData("added_tokens", """[{"id":7,"content":"<s>","special":true,"normalized":false,"single_word":false,"lstrip":false,"rstrip":false}]""", "`added_tokens[0].id` of `<s>` is 7, and the vocabulary gives it 1")]
    [InlineData("something_new", "{}", "`something_new` is an object, which is not handled")]
    public void What_is_wrong_or_not_handled_is_named(string key, string value, string expected)
    {
        using TempFolder folder = new();
        string text = File.ReadAllText(Path.Combine(StoriesTokenizer.Folder, "tokenizer.json"));
        JsonObject json = JsonNode.Parse(text)!.AsObject();
        json[key] = "@@@";
        string file = Path.Combine(folder.Path, "tokenizer.json");
        File.WriteAllText(file, json.ToJsonString().Replace("\"@@@\"", value, StringComparison.Ordinal));

        LayerToolException fault = Assert.Throws<LayerToolException>(() => Tokenizer.Open(folder.Path, TokenizerMode.Raw));

        Assert.StartsWith(file, fault.Message, StringComparison.Ordinal);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_tokenizer_says_what_it_needs()
    {
        using TempFolder folder = new();

        LayerToolException fault = Assert.Throws<LayerToolException>(() => Tokenizer.Open(folder.Path, TokenizerMode.Auto));
        Assert.Contains("has no tokenizer.json and no tokenizer.model", fault.Message, StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(folder.Path, "tokenizer.model"), "");
        fault = Assert.Throws<LayerToolException>(() => Tokenizer.Open(folder.Path, TokenizerMode.Auto));
        Assert.Contains("is a sentencepiece model without pieces", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_beyond_measure_is_refused_before_it_is_built()
    {
        using TempFolder folder = new();
        string source = string.Concat(Enumerable.Repeat(@"[^\\s\\p{L}]", 10_000));

        LayerToolException fault = Assert.Throws<LayerToolException>(() => StoriesTokenizer.OpenChanged(
            folder, json => json["pre_tokenizer"] = JsonNode.Parse(Split.Replace("?", source, StringComparison.Ordinal))));

        Assert.Contains("`pre_tokenizer` has 1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_made_to_explode_ends_in_a_fault()
    {
        using TempFolder folder = new();
        Tokenizer tokenizer = StoriesTokenizer.OpenChanged(folder, json => json["pre_tokenizer"] = JsonNode.Parse(Split.Replace("?", "(?:a+)+b", StringComparison.Ordinal)));

        LayerToolException fault = Assert.Throws<LayerToolException>(() => tokenizer.Encode(new string('a', 100), false));

        Assert.Contains("`pre_tokenizer.pattern.Regex`: the pattern tries too many ways", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Replacements_that_double_the_text_again_and_again_end_in_a_fault()
    {
        using TempFolder folder = new();
        JsonNode doubling = JsonNode.Parse("""{"type":"Replace","pattern":{"String":"a"},"content":"aa"}""")!;
        Tokenizer tokenizer = StoriesTokenizer.OpenChanged(folder, json => json["normalizer"] = new JsonObject
        {
            ["type"] = "Sequence",
            ["normalizers"] = new JsonArray([.. Enumerable.Range(0, 60).Select(_ => doubling.DeepClone())]),
        });

        LayerToolException fault = Assert.Throws<LayerToolException>(() => tokenizer.Encode("a", false));

        Assert.Contains(".content` makes a text of more than", fault.Message, StringComparison.Ordinal);
    }

    // Whatever the file holds, opening and using it gives a result or a fault of the input.
    [Fact]
    public void Mutated_files_give_faults_and_nothing_else()
    {
        const int Mutations = 500;
        using TempFolder folder = new();
        string file = Path.Combine(folder.Path, "tokenizer.json");
        byte[] original = File.ReadAllBytes(Path.Combine(StoriesTokenizer.Folder, "tokenizer.json"));
        int faults = 0;
        for (int seed = 0; seed < Mutations; seed++)
        {
            File.WriteAllBytes(file, Mutate(original, new Random(seed)));
            try
            {
                Tokenizer tokenizer = Tokenizer.Open(folder.Path, TokenizerMode.Auto);
                tokenizer.Decode(tokenizer.Encode("Once upon a <s>time\u00e9\ud83d\ude00", true));
            }
            catch (LayerToolException)
            {
                faults++;
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}");
            }
        }

        Assert.InRange(faults, Mutations / 4, Mutations);
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        List<byte> bytes = [.. original];
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            // Half of the changes fall on the settings in front of the vocabulary.
            int place = random.Next(random.Next(2) == 0 ? Math.Min(2_000, bytes.Count) : bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[place] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(place, Math.Min(random.Next(1, 200), bytes.Count - place));
                    break;
                case 2:
                    bytes.InsertRange(place, bytes.GetRange(place, Math.Min(random.Next(1, 200), bytes.Count - place)));
                    break;
                case 3:
                    bytes[place] = (byte)"{}[]\",:0919-.tfn\\u"[random.Next(18)];
                    break;
                default:
                    SwapValue(bytes, place, random);
                    break;
            }
        }

        return [.. bytes];
    }

    // Another value in the place of a literal or number: the file stays JSON, and its meaning changes.
    private static void SwapValue(List<byte> bytes, int place, Random random)
    {
        int colon = bytes.IndexOf((byte)':', place);
        int end = colon < 0 ? -1 : bytes.FindIndex(colon, value => value is (byte)',' or (byte)'}' or (byte)']');
        if (end > 0)
        {
            string[] values = ["null", "true", "-1", "1e99", "4294967296", "[]", "{}", "\"\"", "\"\\ud800\"", "[[[[]]]]", "\"Sequence\""];
            bytes.RemoveRange(colon + 1, end - colon - 1);
            bytes.InsertRange(colon + 1, System.Text.Encoding.UTF8.GetBytes(values[random.Next(values.Length)]));
        }
    }
}
