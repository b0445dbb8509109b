using System.Text;
using System.Text.Json.Nodes;
using LayerTool.Tests.Support;
using LayerTool.Tokenization.Unicode;
using Xunit;

namespace LayerTool.Tests.Tokenization.Unicode;

public sealed class UnicodeTablesTests
{
    [Theory]
    [InlineData("L")]
    [InlineData("Lu")]
    [InlineData("Ll")]
    [InlineData("Lt")]
    [InlineData("Lm")]
    [InlineData("Lo")]
    [InlineData("M")]
    [InlineData("N")]
    [InlineData("P")]
    [InlineData("S")]
    public void A_category_has_the_code_points_of_the_reference(string name) =>
        CompareClass($@"regex \p{{{name}}}", CharacterClasses.Category(name)!);

    [Fact]
    public void The_other_classes_have_the_code_points_of_the_reference()
    {
        CompareClass(@"regex \s", CharacterClasses.Space);
        CompareClass(@"regex \d", CharacterClasses.Digit);
        CompareClass(@"regex \w", CharacterClasses.Word);
        CompareClass("Digits", CharacterClasses.Numeric);
    }

    [Fact]
    public void A_complement_has_what_the_set_has_not()
    {
        CodePointSet letters = CharacterClasses.Category("L")!;
        CodePointSet others = letters.Complement();

        Assert.Equal(0x110000, Enumerable.Range(0, 0x110000).Count(point => letters.Contains(point) != others.Contains(point)));
        Assert.Equal(letters.Ranges, others.Complement().Ranges);
    }

    [Theory]
    [InlineData("NFC")]
    [InlineData("NFD")]
    [InlineData("NFKC")]
    [InlineData("NFKD")]
    public void Every_code_point_alone_has_the_normal_form_of_the_reference(string name)
    {
        NormalForm form = Enum.Parse<NormalForm>(name, ignoreCase: true);
        JsonObject mappings = JsonNode.Parse(File.ReadAllBytes(SharedFiles.Find("golden/tokenizers/unicode/mappings.json")))!["mappings"]![name]!.AsObject();
        List<string> differences = [];
        for (int point = 0; point < 0x110000; point++)
        {
            // Hangul syllables are not in the lists.
            if (!Rune.IsValid(point) || Hangul.IsSyllable(point))
            {
                continue;
            }

            string text = new Rune(point).ToString();
            string expected = mappings[$"{point:X4}"]?.GetValue<string>() ?? text;
            if (NormalForms.Normalize(text, form) != expected)
            {
                differences.Add($"{point:X4}");
            }
        }

        Assert.Empty(differences);
    }

    [Fact]
    public void Hangul_syllables_come_apart_and_together()
    {
        for (int point = 0xAC00; point <= 0xD7A3; point++)
        {
            string syllable = new Rune(point).ToString();
            string letters = NormalForms.Normalize(syllable, NormalForm.Nfd);

            Assert.InRange(letters.Length, 2, 3);
            Assert.Equal(syllable, NormalForms.Normalize(letters, NormalForm.Nfc));
        }
    }

    [Theory]
    [InlineData("a\u0315\u0300\u05AE\u0062", "\u00E0\u05AE\u0315b")] // marks are put in the order of their classes
    [InlineData("a\u0334\u0301", "\u00E1\u0334")] // a lower class does not block
    [InlineData("a\u0302\u0302", "\u00E2\u0302")] // the same class blocks
    [InlineData("\u1100\u1161\u11A8\u11A8", "\uAC01\u11A8")] // a syllable takes one trail
    [InlineData("\u0958", "\u0915\u093C")] // excluded from composition
    [InlineData("\u0344", "\u0308\u0301")] // no starter in front
    [InlineData("\u1E0A\u0323", "\u1E0C\u0307")] // taken apart before it is put together
    [InlineData("\uD834\uDD5E", "\uD834\uDD57\uD834\uDD65")] // beyond U+FFFF
    public void Marks_compose_by_the_rules_of_the_standard(string text, string expected) =>
        Assert.Equal(expected, NormalForms.Normalize(text, NormalForm.Nfc));

    private static void CompareClass(string name, CodePointSet set)
    {
        JsonArray ranges = JsonNode.Parse(File.ReadAllBytes(SharedFiles.Find("golden/tokenizers/unicode/classes.json")))!["classes"]![name]!.AsArray();

        Assert.Equal(ranges.Select(range => new CodePointRange(range![0]!.GetValue<int>(), range[1]!.GetValue<int>())), set.Ranges);
        Assert.All(set.Ranges, range => Assert.True(set.Contains(range.First) && set.Contains(range.Last) && !set.Contains(range.Last + 1)));
    }
}
