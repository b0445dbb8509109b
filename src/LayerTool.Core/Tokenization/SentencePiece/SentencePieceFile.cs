using System.Text;
using LayerTool.Faults;

namespace LayerTool.Tokenization.SentencePiece;

/// <summary>What a <c>tokenizer.model</c> holds: pieces, and how text is normalized and cut.</summary>
internal sealed class SentencePieceFile
{
    private const long LargestFile = 64 << 20;
    private const int UnigramType = 1;
    private const int BpeType = 2;

    private readonly List<Piece> _pieces = [];

    private SentencePieceFile(string path) => Path = path;

    /// <summary>Full path of the file.</summary>
    public string Path { get; }

    /// <summary>The pieces; their places are their ids.</summary>
    public IReadOnlyList<Piece> Pieces => _pieces;

    /// <summary>Whether it is BPE; Unigram otherwise.</summary>
    public bool IsBpe { get; private set; }

    /// <summary>Whether what no piece spells becomes bytes.</summary>
    public bool ByteFallback { get; private set; }

    /// <summary>Id of the token that begins a text; negative where there is none.</summary>
    public int BosId { get; private set; } = 1;

    /// <summary>Id of the token that ends a text; negative where there is none.</summary>
    public int EosId { get; private set; } = 2;

    /// <summary>How an unknown piece is decoded.</summary>
    public string UnknownSurface { get; private set; } = " \u2047 ";

    /// <summary>The compiled character map; empty where text stays as it is.</summary>
    public byte[] CharacterMap { get; private set; } = [];

    /// <summary>Whether a space is put in front of the text.</summary>
    public bool AddsPrefix { get; private set; } = true;

    /// <summary>Whether runs of spaces become one, and those at the ends go.</summary>
    public bool RemovesExtraSpaces { get; private set; } = true;

    /// <summary>Reads a file.</summary>
    /// <exception cref="LayerToolException">It is too large, at fault, or uses what is not handled.</exception>
    public static SentencePieceFile Read(string path)
    {
        try
        {
            long length = new FileInfo(path).Length;
            return length <= LargestFile
                ? Parse(File.ReadAllBytes(path), path)
                : throw new LayerToolException(
                    $"{path}: is {length >> 20} MB, more than the {LargestFile >> 20} MB that a tokenizer file may have", "take the file from the folder that the weights came from");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LayerToolException($"{path}: cannot be read: {e.Message}", "check the file and its permissions", e);
        }
    }

    private static SentencePieceFile Parse(ReadOnlySpan<byte> bytes, string path)
    {
        SentencePieceFile file = new(path);
        ProtobufReader reader = new(bytes, path);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    file.AddPiece(reader.Bytes);
                    break;
                case 2:
                    file.ReadTrainer(reader.Bytes);
                    break;
                case 3:
                    file.ReadNormalizer(reader.Bytes);
                    break;
                case 5:
                    throw file.NotHandled("a denormalizer");
                default:
                    break; // a test's own strings, of no effect
            }
        }

        return file._pieces.Count > 0 ? file : throw new LayerToolException($"{path}: is a sentencepiece model without pieces", "take the file from the folder that the weights came from");
    }

    private void AddPiece(ReadOnlySpan<byte> bytes)
    {
        ProtobufReader reader = new(bytes, Path);
        Piece piece = new("", 0, PieceKind.Normal);
        while (reader.Next())
        {
            piece = reader.Field switch
            {
                1 => piece with { Text = Encoding.UTF8.GetString(reader.Bytes) },
                2 => piece with { Score = reader.Float },
                3 => piece with { Kind = (PieceKind)reader.Int },
                _ => piece,
            };
        }

        if (piece.Kind == PieceKind.Unused || !Enum.IsDefined(piece.Kind))
        {
            throw NotHandled($"the piece {_pieces.Count} (`{piece.Text}`) of the kind {(int)piece.Kind}");
        }

        if (_pieces.Count > TokenVocabulary.LargestId)
        {
            throw NotHandled($"more than {TokenVocabulary.LargestId + 1} pieces");
        }

        _pieces.Add(piece);
    }

    private void ReadTrainer(ReadOnlySpan<byte> bytes)
    {
        ProtobufReader reader = new(bytes, Path);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 3 when reader.Int is UnigramType or BpeType:
                    IsBpe = reader.Int == BpeType;
                    break;
                case 3:
                    throw NotHandled($"a model of the kind {reader.Int} (1 is Unigram, 2 is BPE)");
                case 24 when reader.Number != 0:
                    throw NotHandled("`treat_whitespace_as_suffix`");
                case 35:
                    ByteFallback = reader.Number != 0;
                    break;
                case 41:
                    BosId = reader.Int;
                    break;
                case 42:
                    EosId = reader.Int;
                    break;
                case 44:
                    UnknownSurface = Encoding.UTF8.GetString(reader.Bytes);
                    break;
                default:
                    break; // how it was trained
            }
        }
    }

    private void ReadNormalizer(ReadOnlySpan<byte> bytes)
    {
        ProtobufReader reader = new(bytes, Path);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2:
                    CharacterMap = reader.Bytes.ToArray();
                    break;
                case 3:
                    AddsPrefix = reader.Number != 0;
                    break;
                case 4:
                    RemovesExtraSpaces = reader.Number != 0;
                    break;
                case 5 when reader.Number == 0:
                    throw NotHandled("`escape_whitespaces` false");
                default:
                    break; // names of rules that the character map holds
            }
        }
    }

    public LayerToolException NotHandled(string what) =>
        new($"{Path}: has {what}, which is not handled", "load and save the tokenizer once with transformers, which writes tokenizer.json");
}
