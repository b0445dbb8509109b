using System.Collections.Immutable;
using LayerTool.Faults;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace LayerTool.Yaml;

/// <summary>Builds the tree of one document from a parser's events, and stops at the first limit.</summary>
/// <param name="parser">At the beginning of the text.</param>
/// <param name="file">What to call it in messages.</param>
internal sealed class YamlTree(IParser parser, string file)
{
    private const int Deepest = 64;
    private const int MostValues = 100_000;
    private const string MergeKey = "<<";

    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);
    private int _values;

    public YamlNode Read()
    {
        Take(); // the beginning of the stream
        ParsingEvent first = Take();
        if (first is not DocumentStart)
        {
            throw Fault(first, "holds no document", "the file is empty");
        }

        YamlNode root = ReadNode(0);
        Take(); // the end of the document
        return Peek() is DocumentStart second ? throw Fault(second, "a second document begins", "keep one document in a file") : root;
    }

    private YamlNode ReadNode(int depth)
    {
        ParsingEvent next = Take();
        if (depth > Deepest)
        {
            throw Fault(next, $"is nested more than {Deepest} deep", "no file of this kind is");
        }

        if (next is AnchorAlias alias)
        {
            return _anchors.TryGetValue(alias.Value.Value, out YamlNode? known)
                ? Counted(known, known.Size)
                : throw Fault(next, $"the alias {Quoted.Text(alias.Value.Value)} stands for nothing that was named before it", "name the value first with `&`");
        }

        YamlNode node = next switch
        {
            Scalar scalar => new YamlScalar(scalar.Value, scalar.Style == ScalarStyle.Plain && scalar.IsPlainImplicit, LineOf(next), TagOf(scalar)),
            SequenceStart sequence => ReadSequence(sequence, depth),
            MappingStart mapping => ReadMapping(mapping, depth),
            _ => throw Fault(next, "holds something that is no value", "correct that line"),
        };
        if (next is NodeEvent { Anchor.IsEmpty: false } named)
        {
            _anchors[named.Anchor.Value] = node; // only now, so that no value holds itself
        }

        return Counted(node, 1);
    }

    private YamlSequence ReadSequence(SequenceStart start, int depth)
    {
        ImmutableArray<YamlNode>.Builder items = ImmutableArray.CreateBuilder<YamlNode>();
        while (Peek() is not SequenceEnd)
        {
            items.Add(ReadNode(depth + 1));
        }

        Take();
        return new YamlSequence(items.DrainToImmutable(), LineOf(start), TagOf(start));
    }

    private YamlMapping ReadMapping(MappingStart start, int depth)
    {
        OrderedDictionary<string, YamlNode> entries = new(StringComparer.Ordinal);
        List<YamlMapping> merged = [];
        while (Peek() is not MappingEnd)
        {
            ParsingEvent at = Peek();
            YamlNode key = ReadNode(depth + 1);
            YamlNode value = ReadNode(depth + 1);
            if (key is not YamlScalar name)
            {
                throw Fault(at, "a key is a list or a mapping", "keys are words");
            }

            if (name is { IsPlain: true, Text: MergeKey })
            {
                merged.AddRange(Mappings(value, at));
            }
            else if (!entries.TryAdd(name.Text, value))
            {
                throw Fault(at, $"the key {Quoted.Text(name.Text)} stands twice", "keep one of the two");
            }
        }

        Take();

        // The mapping's own keys win, then those of the first that is merged in.
        foreach ((string key, YamlNode value) in merged.SelectMany(other => other.Entries))
        {
            if (entries.TryAdd(key, value))
            {
                Counted(value, value.Size);
            }
        }

        return new YamlMapping([.. entries], LineOf(start), TagOf(start));
    }

    private IEnumerable<YamlMapping> Mappings(YamlNode value, ParsingEvent at) => value switch
    {
        YamlMapping one => [one],
        YamlSequence several => several.Items.SelectMany(item => Mappings(item, at)),
        _ => throw Fault(at, "`<<` merges something that is no mapping", "give it an alias of a mapping"),
    };

    private ParsingEvent Peek()
    {
        if (parser.Current is null)
        {
            Advance();
        }

        return parser.Current ?? throw new LayerToolException($"{file}: ends too early", "the file is cut off");
    }

    private ParsingEvent Take()
    {
        ParsingEvent taken = Peek();
        Advance();
        return taken;
    }

    /// <summary>One event on. Whatever the parser answers to damaged text (it has several kinds of exceptions for it) is a fault of the text.</summary>
    private void Advance()
    {
        try
        {
            parser.MoveNext();
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            long line = fault is YamlException placed ? placed.Start.Line : parser.Current?.End.Line ?? 1;
            string reason = fault is YamlException ? $": {Quoted.Text((fault.InnerException ?? fault).Message.TrimEnd('.'))}" : "";
            throw new LayerToolException($"{file}: line {line}: is not sound YAML{reason}", "correct the text from that line on; a YAML checker shows the place", fault);
        }
    }

    private T Counted<T>(T node, int size)
        where T : YamlNode
    {
        _values += size;
        return _values <= MostValues ? node : throw new LayerToolException($"{file}: line {node.Line}: holds more than {MostValues} values, aliases written out", "no file of this kind does");
    }

    private static string? TagOf(NodeEvent node) => node.Tag.IsEmpty || node.Tag.IsNonSpecific ? null : node.Tag.Value;

    private static int LineOf(ParsingEvent node) => (int)Math.Min(node.Start.Line, int.MaxValue);

    private LayerToolException Fault(ParsingEvent at, string what, string hint) => new($"{file}: line {LineOf(at)}: {what}", hint);
}
