using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Unicode;
using LayerTool.Faults;
using LayerTool.Files;

namespace LayerTool.Safetensors;

/// <summary>
/// Reads the JSON of a header token by token: no document is built of text that nobody has checked yet, and duplicate names,
/// which a document would swallow, are seen.
/// </summary>
internal sealed class HeaderParser(string file, long dataStart)
{
    private const int Deepest = 64;
    private const string MetadataKey = "__metadata__";

    /// <summary>More dimensions than any program allows.</summary>
    private const int MostDimensions = 64;

    private readonly List<TensorEntry> _tensors = [];
    private readonly OrderedDictionary<string, string> _metadata = new(StringComparer.Ordinal);

    /// <summary>The tensors in the order of the header; offsets are from the file's start and not yet checked against each other.</summary>
    public List<TensorEntry> Tensors => _tensors;

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    public void Parse(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text[0] != (byte)'{')
        {
            throw Fault("its header does not start with `{`: not a safetensors file");
        }

        if (!Utf8.IsValid(text))
        {
            throw Fault("its header is not UTF-8");
        }

        try
        {
            Utf8JsonReader reader = new(text, new JsonReaderOptions { MaxDepth = Deepest });
            ParseEntries(ref reader);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The second is what the reader says of an escape that stands for half a character.
            throw new LayerToolException($"{file}: its header is not JSON: {JsonPlace.Explain(text, Deepest)}", SafetensorsHeader.Again, fault);
        }
    }

    private void ParseEntries(ref Utf8JsonReader reader)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        reader.Read();
        while (ReadName(ref reader, out string name))
        {
            if (!names.Add(name))
            {
                throw Fault($"its header names {Quoted.Text(name)} twice");
            }

            if (name == MetadataKey)
            {
                ParseMetadata(ref reader);
                continue;
            }

            if (_tensors.Count == SafetensorsHeader.MostTensors)
            {
                throw Fault($"its header names more than {SafetensorsHeader.MostTensors} tensors");
            }

            ParseTensor(ref reader, name);
        }

        if (reader.Read())
        {
            throw new JsonException("there is more text behind the closing brace");
        }
    }

    private void ParseMetadata(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Fault($"`{MetadataKey}` is not an object");
        }

        while (ReadName(ref reader, out string key))
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                throw Fault($"{Quoted.Text(key)} of `{MetadataKey}` is not a string");
            }

            if (!_metadata.TryAdd(key, reader.GetString()!))
            {
                throw Fault($"`{MetadataKey}` names {Quoted.Text(key)} twice");
            }
        }
    }

    private void ParseTensor(ref Utf8JsonReader reader, string name)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Fault(name, "is not described by an object");
        }

        TensorDtype? dtype = null;
        ImmutableArray<long>? shape = null;
        ImmutableArray<long>? offsets = null;
        while (ReadName(ref reader, out string key))
        {
            switch (key)
            {
                case "dtype":
                    Once(dtype is null, name, key);
                    dtype = ParseDtype(ref reader, name);
                    break;
                case "shape":
                    Once(shape is null, name, key);
                    shape = ParseNumbers(ref reader, name, key, MostDimensions);
                    break;
                case "data_offsets":
                    Once(offsets is null, name, key);
                    offsets = ParseNumbers(ref reader, name, key, 2);
                    break;
                default:
                    reader.Skip(); // the reference parser passes over keys that it does not know
                    break;
            }
        }

        if (dtype is null || shape is null || offsets is null)
        {
            throw Fault(name, $"has no `{(dtype is null ? "dtype" : shape is null ? "shape" : "data_offsets")}`");
        }

        if (offsets.Value.Length != 2)
        {
            throw Fault(name, $"has {offsets.Value.Length} `data_offsets`, expected 2");
        }

        _tensors.Add(Entry(name, dtype.Value, shape.Value, offsets.Value[0], offsets.Value[1]));
    }

    private TensorEntry Entry(string name, TensorDtype dtype, ImmutableArray<long> shape, long start, long end)
    {
        if (end < start)
        {
            throw Fault(name, $"ends at byte {end}, before it begins at {start}");
        }

        long bytes;
        try
        {
            bytes = dtype.ByteCount(shape);
        }
        catch (OverflowException)
        {
            throw Fault(name, $"has the shape {Quoted.Shape(shape)}, which is more than a file can hold");
        }
        catch (ArgumentException)
        {
            throw Fault(name, $"has the shape {Quoted.Shape(shape)} of {dtype}, {dtype.Bits} bits each, which does not end at a whole byte");
        }

        if (end - start != bytes)
        {
            throw Fault(name, $"has {end - start} bytes by its `data_offsets` [{start}, {end}], but {Quoted.Shape(shape)} of {dtype} takes {bytes}");
        }

        return end <= long.MaxValue - dataStart
            ? new TensorEntry(name, dtype, shape, file, dataStart + start, bytes)
            : throw Fault(name, $"ends at byte {end}, which no file has");
    }

    private TensorDtype ParseDtype(ref Utf8JsonReader reader, string name)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            throw Fault(name, "has a `dtype` that is not a string");
        }

        string dtype = reader.GetString()!;
        return TensorDtype.Find(dtype)
            ?? throw Fault(name, $"has the dtype {Quoted.Text(dtype)}; the format has {string.Join(", ", TensorDtype.All.Select(known => known.Name))}");
    }

    private ImmutableArray<long> ParseNumbers(ref Utf8JsonReader reader, string name, string key, int most)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Fault(name, $"has a `{key}` that is not a list");
        }

        ImmutableArray<long>.Builder numbers = ImmutableArray.CreateBuilder<long>(Math.Min(most, 4));
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (numbers.Count == most)
            {
                throw Fault(name, $"has more than {most} numbers in `{key}`");
            }

            if (reader.TokenType != JsonTokenType.Number || reader.ValueSpan[0] == (byte)'-' || !reader.TryGetInt64(out long number))
            {
                throw Fault(name, $"has something in `{key}` that is not a whole number from 0 to {long.MaxValue}");
            }

            numbers.Add(number);
        }

        return numbers.DrainToImmutable();
    }

    /// <summary>The next name of the object that is being read; false at its end.</summary>
    private static bool ReadName(ref Utf8JsonReader reader, out string name)
    {
        reader.Read();
        bool more = reader.TokenType == JsonTokenType.PropertyName;
        name = more ? reader.GetString()! : "";
        return more;
    }

    private void Once(bool first, string name, string key)
    {
        if (!first)
        {
            throw Fault(name, $"has `{key}` twice");
        }
    }

    private LayerToolException Fault(string name, string what) => Fault($"tensor {Quoted.Text(name)} {what}");

    private LayerToolException Fault(string what) => new($"{file}: {what}", SafetensorsHeader.Again);
}
