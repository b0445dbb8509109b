using System.Collections.Immutable;
using CsCheck;
using LayerTool.Faults;
using LayerTool.Plans;
using Xunit;

namespace LayerTool.Tests.Plans;

public sealed class PlanNotationTests
{
    [Theory]
    [InlineData("0-3", "0,1,2,3")]
    [InlineData("3-0", "3,2,1,0")]
    [InlineData("5", "5")]
    [InlineData(" 0 - 1 ,\t2 ", "0,1,2")]
    [InlineData("(8-9)x2", "8,9,8,9")]
    [InlineData("8-9x2", "8,9,8,9")]
    [InlineData("((0)x2, 1)x2", "0,0,1,0,0,1")]
    [InlineData("007", "7")]
    public void A_text_plays_these_layers(string text, string layers)
    {
        Assert.Equal(layers, string.Join(',', PlanNotation.Parse(text).Slots.Select(slot => slot.Layer)));
    }

    [Fact]
    public void The_example_of_the_guide_reads_slot_by_slot()
    {
        LayerPlan plan = PlanNotation.Parse("0-1, (8-9)x2, 20.mlp, base:22-23, [25|26], 27*0.5/2+lora");

        ImmutableArray<PlanStep> expected =
        [
            new LayerSlot("main", 0), new LayerSlot("main", 1),
            new LayerSlot("main", 8), new LayerSlot("main", 9), new LayerSlot("main", 8), new LayerSlot("main", 9),
            new LayerSlot("main", 20, AttentionGain: 0),
            new LayerSlot("base", 22), new LayerSlot("base", 23),
            new ParallelGroup([[new LayerSlot("main", 25)], [new LayerSlot("main", 26)]]),
            new LayerSlot("main", 27, 0.5, 2, "lora"),
        ];
        Assert.Equal(new LayerPlan(expected), plan);
    }

    [Theory]
    [InlineData("0,1,2", "0-2")]
    [InlineData("main:4", "4")]
    [InlineData("8-11, 8-11", "(8-11)x2")]
    [InlineData("8-11x2", "(8-11)x2")]
    [InlineData("(3)x1", "3")]
    [InlineData("3, 3", "(3)x2")]
    [InlineData("0-2, 2", "0-1, (2)x2")]
    [InlineData("0, 1, 0, 1, 0", "(0-1)x2, 0")] // the leftmost repeat wins, not the longest
    [InlineData("0, 0, 1, 0, 0, 1", "(0)x2, 1, (0)x2, 1")] // from the left the shortest period wins
    [InlineData("1, 0, 0, 1, 0, 0", "(1, (0)x2)x2")]
    [InlineData("0-2, 1, 0", "0-2, 1-0")]
    [InlineData("0.attn, 0.mlp", "0.attn, 0.mlp")]
    [InlineData("0.attn,1.attn", "0-1.attn")]
    [InlineData("0, base:1", "0, base:1")]
    [InlineData("base:1, base:2", "base:1-2")]
    [InlineData("0+a, 1+a, 2+b", "0-1+a, 2+b")]
    [InlineData("none", "none")]
    [InlineData("  none ", "none")]
    [InlineData("none:3", "none:3")]
    [InlineData("[1|2]", "[1|2]")]
    [InlineData("[1, 2|3]", null)]
    [InlineData("[(1,2)|3-4|(5,5)]", "[1-2|3-4|(5)x2]")]
    [InlineData("[(1,3)|4]", "[(1, 3)|4]")]
    [InlineData("[([1|2])|4]", "[([1|2])|4]")]
    [InlineData("[1|2],[1|2]", "([1|2])x2")]
    [InlineData("([1|2]).attn", "[1.attn|2.attn]")]
    [InlineData("x2:1x2", "(x2:1)x2")]
    [InlineData("8.attnx2+x2", "(8.attn+x2)x2")]
    public void A_plan_prints_in_canonical_form(string text, string? canonical)
    {
        if (canonical is null)
        {
            Assert.Throws<LayerToolException>(() => PlanNotation.Parse(text));
            return;
        }

        Assert.Equal(canonical, PlanNotation.Print(PlanNotation.Parse(text)));
        Assert.Equal(canonical, PlanNotation.Print(PlanNotation.Parse(canonical)));
    }

    [Theory]
    [InlineData("3*0.5", "3*0.5")]
    [InlineData("3*0.5/0.5", "3*0.5")]
    [InlineData("3*1", "3")]
    [InlineData("3*0/1", "3.mlp")]
    [InlineData("3*1/0", "3.attn")]
    [InlineData("3*0/0.25", "3.mlp*0.25")]
    [InlineData("3.mlp*0.25", "3.mlp*0.25")]
    [InlineData("3.attn*2/0.5", "3.attn*2")]
    [InlineData("3*0.5/2", "3*0.5/2")]
    [InlineData("(3*0.5, 4)*0.5/4", "3*0.25/2, 4*0.5/4")]
    [InlineData("((3*2)*3)*4", "3*24")]
    [InlineData("3*1e-5", "3*1e-5")]
    [InlineData("3*0.00001", "3*1e-5")]
    [InlineData("3*1E+2", "3*100")]
    [InlineData("3*100000000000000000000", "3*1e20")]
    [InlineData("3*0.1", "3*0.1")]
    [InlineData("3*0.30000000000000004", "3*0.30000000000000004")]
    [InlineData("3 * 0.5 / 2 x 2 + a", "(3*0.5/2+a)x2")]
    public void Gains_multiply_and_print_shortest(string text, string canonical)
    {
        Assert.Equal(canonical, PlanNotation.Print(PlanNotation.Parse(text)));
    }

    [Fact]
    public void A_gain_of_0_is_the_same_value_as_the_half_left_out()
    {
        Assert.Equal(PlanNotation.Parse("3.mlp"), PlanNotation.Parse("3*0/1"));
        Assert.Equal(PlanNotation.Parse("3.attn*2"), PlanNotation.Parse("3*2/0"));
    }

    [Theory]
    [InlineData("(0.attn, 1).attn", "0-1.attn")]
    [InlineData("(0+a, 1)+b", "0+a, 1+b")]
    [InlineData("((0)+a, 1)+b", "0+a, 1+b")]
    [InlineData("(base:0, [1|2])*0.5", "base:0*0.5, [1*0.5|2*0.5]")]
    public void What_stands_behind_a_group_applies_to_each_slot(string text, string canonical)
    {
        Assert.Equal(canonical, PlanNotation.Print(PlanNotation.Parse(text)));
    }

    [Theory]
    [InlineData("", "plan, position 1: expected a layer number, a source or `(`, found the end")]
    [InlineData("0,", "plan, position 3: expected a layer number, a source or `(`, found the end")]
    [InlineData("0-7, x3", "plan, position 8: expected `:` after the source `x3`, found the end")]
    [InlineData("0-", "plan, position 3: expected the layer number that ends the range, found the end")]
    [InlineData("0 1", "plan, position 3: expected `,` or the end, found `1`")]
    [InlineData("0.foo", "plan, position 3: expected `attn` or `mlp`, found `foo`")]
    [InlineData("0.attn.mlp", "plan, position 7: expected `,` or the end, found `.`")]
    [InlineData("(0.attn).mlp", "plan, position 2: neither attention nor MLP is left of this group")]
    [InlineData("(0.mlp, 1).attn", "plan, position 2: neither attention nor MLP is left of this group")]
    [InlineData("0*0", "plan, position 1: neither attention nor MLP is left of this group")]
    [InlineData("0*0/0", "plan, position 1: neither attention nor MLP is left of this group")]
    [InlineData("0.attn*0/1", "plan, position 1: neither attention nor MLP is left of this group")]
    [InlineData("0*-1", "plan, position 3: expected a gain: a number that is not negative, found `-`")]
    [InlineData("0*1e999", "plan, position 3: the gain is too large for a number")]
    [InlineData("0*1e-999", "plan, position 3: the gain is too small for a number")]
    [InlineData("0*nan", "plan, position 3: expected a gain: a number that is not negative, found `nan`")]
    [InlineData("0*.5", "plan, position 3: expected a gain: a number that is not negative, found `.`")]
    [InlineData("0*1e", "plan, position 5: expected the digits of the exponent, found the end")]
    [InlineData("(0*1e300)*1e300", "plan, position 2: the gains of this group and of those around it multiply to more or less than a number can hold")]
    [InlineData("(0*1e-300)*1e-300", "plan, position 2: the gains of this group and of those around it multiply to more or less than a number can hold")]
    [InlineData("0x0", "plan, position 3: a group is played at least once, found x0")]
    [InlineData("0x2x2", "plan, position 4: expected `,` or the end, found `x2`")]
    [InlineData("0+a*2", "plan, position 4: expected `,` or the end, found `*`")]
    [InlineData("0+1", "plan, position 3: expected the name of an adapter, found `1`")]
    [InlineData("[0]", "plan, position 3: expected `|` and a second member, found `]`")]
    [InlineData("[0|1", "plan, position 5: expected `|` or `]`, found the end")]
    [InlineData("[0|1]x2", "plan, position 6: expected `,` or the end, found `x2`")]
    [InlineData("[0,1|2]", "plan, position 3: expected `|` and a second member, found `,`")]
    [InlineData("(0", "plan, position 3: expected `,` or `)`, found the end")]
    [InlineData("0)", "plan, position 2: expected `,` or the end, found `)`")]
    [InlineData("()", "plan, position 2: expected a layer number, a source or `(`, found `)`")]
    [InlineData("0, none", "plan, position 4: `none` is the empty plan and stands alone")]
    [InlineData("base:x", "plan, position 6: expected a layer number, found `x`")]
    [InlineData("99999999999", "plan, position 1: the number is larger than 2147483647")]
    [InlineData("0\u00e9", "plan, position 2: expected `,` or the end, found the character U+00E9")]
    public void A_fault_names_the_position_what_was_expected_and_what_was_found(string text, string message)
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => PlanNotation.Parse(text));

        Assert.Equal(message, fault.Message);
    }

    [Theory]
    [InlineData("0x65537")]
    [InlineData("0-65536")]
    [InlineData("0-65535, 0")]
    [InlineData("((((0-9)x1000)x1000)x1000)x1000")]
    [InlineData("0-2147483647")]
    [InlineData("(0-65535)x2147483647")]
    [InlineData("[0-40000|0-40000]")]
    public void More_slots_than_a_plan_may_have_are_refused_without_making_them(string text)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();

        LayerToolException fault = Assert.Throws<LayerToolException>(() => PlanNotation.Parse(text));

        Assert.Contains("slots, a plan has at most 65,536", fault.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000); // 65,536 slots would be 4 MB
    }

    [Fact]
    public void The_most_slots_that_are_allowed_are_read_and_printed()
    {
        Assert.Equal("(0)x65536", PlanNotation.Print(PlanNotation.Parse("(0)x65536")));
        Assert.Equal("0-65535", PlanNotation.Print(PlanNotation.Parse("0-65535")));
    }

    [Theory]
    [InlineData('(', ')')]
    [InlineData('[', ']')]
    public void Deep_nesting_is_refused(char open, char close)
    {
        string text = new string(open, 100_000) + "0" + new string(close, 100_000);

        Assert.Throws<LayerToolException>(() => PlanNotation.Parse(text));
        Assert.Throws<LayerToolException>(() => PlanNotation.Parse(string.Concat(Enumerable.Repeat("([0|", 100_000))));
    }

    [Fact]
    public void Groups_nested_as_deep_as_allowed_print_to_a_text_that_reads()
    {
        string text = string.Concat(Enumerable.Repeat("[0|(", 64)) + "1, 2, 1, 2, 2" + string.Concat(Enumerable.Repeat(", 3, 3)]", 64));

        LayerPlan plan = PlanNotation.Parse(text);

        Assert.Equal(plan, PlanNotation.Parse(PlanNotation.Print(plan)));
    }

    [Fact]
    public void Printing_and_reading_back_gives_the_same_plan()
    {
        DrawnPlans.Notated.Sample(
            plan =>
            {
                string text = PlanNotation.Print(plan);
                return PlanNotation.Parse(text).Equals(plan) && PlanNotation.Print(PlanNotation.Parse(text)) == text;
            },
            iter: 2_000);
    }

    [Fact]
    public void Printing_follows_the_rule_word_for_word()
    {
        DrawnPlans.Notated.Sample(plan => PlanNotation.Print(plan) == CanonicalFormByTheBook.Print(plan), iter: 2_000);
    }

    [Fact]
    public void Every_position_gets_its_shortest_repeat()
    {
        Gen.Int[0, 2].Array[0, 60].Sample(
            symbols =>
            {
                int[] periods = RepeatFinder.ShortestPeriods(symbols);
                return Enumerable.Range(0, symbols.Length).All(start => periods[start] == CanonicalFormByTheBook.ShortestPeriod(symbols, start));
            },
            iter: 2_000);
    }

    // Three layers without any repeat: nothing to skip, so every position is looked at for every period.
    [Fact]
    public void A_long_plan_without_repeats_comes_back_unchanged()
    {
        string layers = "0";
        while (layers.Length < 65_536)
        {
            layers = string.Concat(layers.Select(layer => layer switch { '0' => "024", '2' => "04", _ => "2" }));
        }

        string text = string.Join(", ", layers.Take(65_536));

        Assert.Equal(text, PlanNotation.Print(PlanNotation.Parse(text)));
    }

    [Fact]
    public void Mutated_texts_give_a_plan_or_a_fault_of_the_input()
    {
        const string Alphabet = "0123456789()[]|,.-+*/x:e maintlpbs\u00a0\u0000é";
        Random random = new(1);
        string[] seeds = ["0-7, (8-11)x2, 12-19, 20.mlp, base:22-24, [25|26], 27-31", "(0-3*0.5/2x3+a)x2", "[(0, [1|2])|3.attn*1e-5]", "none"];
        int plans = 0;
        for (int round = 0; round < 2_000; round++)
        {
            char[] text = seeds[round % seeds.Length].ToCharArray();
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                text[random.Next(text.Length)] = Alphabet[random.Next(Alphabet.Length)];
            }

            try
            {
                LayerPlan plan = PlanNotation.Parse(new string(text));
                Assert.Equal(plan, PlanNotation.Parse(PlanNotation.Print(plan)));
                plans++;
            }
            catch (LayerToolException)
            {
                // what a broken text should give
            }
        }

        Assert.InRange(plans, 100, 1_900); // both outcomes were seen
    }
}
