using System.Buffers.Binary;
using LayerTool.Faults;

namespace LayerTool.Tokenization.SentencePiece;

/// <summary>Walks the fields of one message in the wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding).</summary>
/// <param name="bytes">The message.</param>
/// <param name="file">Path of the file, for messages.</param>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes, string file)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>Its value where it is a number; for a floating-point number its bits.</summary>
    public ulong Number { get; private set; }

    /// <summary>Its value where it is a text or a message.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Its number as a signed one.</summary>
    public readonly int Int => (int)Number;

    /// <summary>Its number as a floating-point one.</summary>
    public readonly float Float => BitConverter.UInt32BitsToSingle((uint)Number);

    /// <summary>Goes to the next field.</summary>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="LayerToolException">The message is cut short or of no known form.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        ulong key = Varint();
        Field = (int)(key >> 3);
        Bytes = default;
        Number = 0;
        switch (key & 7)
        {
            case 0:
                Number = Varint();
                break;
            case 1:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                break;
            case 2:
                Bytes = Take(Varint());
                break;
            case 5:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                break;
            default:
                throw Fault();
        }

        return true;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = Take(1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw Fault();
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length)
        {
            throw Fault();
        }

        ReadOnlySpan<byte> taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }

    private readonly LayerToolException Fault() =>
        new($"{file}: is no sentencepiece model, or is cut short", "take the file from the folder that the weights came from");
}
