using LayerTool.Tokenization.Templates;
using Xunit;

namespace LayerTool.Tests.Tokenization.Templates;

public sealed class TemplateLimitTests
{
    // Whatever a template does, it ends in a text or a fault, within the steps and the memory that it may take.
    [Theory]
    [InlineData("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}")]
    [InlineData("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}")]
    [InlineData("{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}")]
    [InlineData("{{ 'x' * 10 ** 9 }}")]
    [InlineData("{{ [0] * 10 ** 12 }}")]
    [InlineData("{{ 9 ** 9 ** 9 ** 9 ** 9 ** 9 }}")]
    [InlineData("{{ 'a'.ljust(10 ** 15) }}")]
    [InlineData("{{ '%999999999d' % 1 }}")]
    [InlineData("{{ '{:999999999}'.format(1) }}")]
    [InlineData("{% set ns = namespace(t='xxxxxxxx') %}{% for i in range(99) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}")]
    [InlineData("{% set ns = namespace(t='xxxxxxxx') %}{% for i in range(99) %}{% set ns.t = ns.t.replace('x', 'xxxx') %}{% endfor %}")]
    [InlineData("{% set ns = namespace(t=[]) %}{% for i in range(99999) %}{% set ns.t = [ns.t] %}{% endfor %}{{ ns.t }}")]
    [InlineData("{% set ns = namespace(t=[]) %}{% for i in range(99999) %}{% set ns.t = [ns.t] %}{% endfor %}{{ ns.t == ns.t + [] }}{{ ns.t|tojson }}")]
    public void A_template_can_neither_loop_for_ever_nor_fill_the_memory(string text)
    {
        TemplateFault fault = Assert.Throws<TemplateFault>(() => Template.Parse(text).Render([], default));

        Assert.Equal(TemplateFault.Limit, fault.Kind);
        Assert.Equal(1, fault.Line);
    }

    [Theory]
    [InlineData("(", "{{ ", "", ")", " }}")]
    [InlineData("[", "{{ ", "", "]", " }}")]
    [InlineData("not ", "{{ ", "1", "", " }}")]
    [InlineData("-", "{{ ", "1", "", " }}")]
    [InlineData("{% if 1 %}", "", "", "{% endif %}", "")]
    [InlineData("1 if 1 else ", "{{ ", "1", "", " }}")]
    public void Nesting_without_end_is_a_fault_of_the_template(string open, string before, string inside, string close, string after)
    {
        const int Depth = 100_000;
        string text = before + string.Concat(Enumerable.Repeat(open, Depth)) + inside + string.Concat(Enumerable.Repeat(close, Depth)) + after;

        TemplateFault fault = Assert.Throws<TemplateFault>(() => Template.Parse(text));

        Assert.Equal(TemplateFault.Syntax, fault.Kind);
    }

    [Theory]
    [InlineData("a\n{{ 1 / 0 }}", 2)]
    [InlineData("{% if true %}\n\n{{ missing.name }}\n{% endif %}", 3)]
    [InlineData("{#\n\n#}\n{% nonsense %}", 4)]
    [InlineData("{% raw %}\n{% endraw %}{{\n\n1 +\n}}", 5)]
    public void A_fault_names_the_line(string text, int line)
    {
        TemplateFault fault = Assert.Throws<TemplateFault>(() => Template.Parse(text).Render([], default));

        Assert.Equal(line, fault.Line);
    }

    // Whatever the text is, reading and rendering it ends in a text or a fault of the template.
    [Fact]
    public void Mutated_templates_give_faults_and_nothing_else()
    {
        const string Original = "{%- for m in [{'a': 'b c'}, {'a': none}] if m.a is not none %}{{ m['a'].split()[0] | upper ~ loop.index }}{% else %}{{ namespace(x=1.5).x }}{% endfor %}"
            + "{% macro f(a, b=2) %}{{ a * b }}{% endmacro %}{{ f('x') }}{% set t %}{{ [1, (2,)] | tojson }}{% endset %}{{ '%d' % 3 }}{{ t[::-1] }}";
        const string Pieces = "{}%#-+'\"|()[]~*/.,:=<>! \n\\0129aeioxyz";
        int faults = 0;
        for (int seed = 0; seed < 2000; seed++)
        {
            Random random = new(seed);
            char[] text = Original.ToCharArray();
            for (int i = 0; i < 3; i++)
            {
                text[random.Next(text.Length)] = Pieces[random.Next(Pieces.Length)];
            }

            try
            {
                Template.Parse(new string(text)).Render([], default);
            }
            catch (TemplateFault)
            {
                faults++;
            }
        }

        Assert.InRange(faults, 500, 2000);
    }
}
