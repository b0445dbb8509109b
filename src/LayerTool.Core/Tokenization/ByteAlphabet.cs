namespace LayerTool.Tokenization;

/// <summary>
/// The printable character that stands for each byte in byte-level vocabularies, as GPT-2 chose them: printable Latin-1 bytes
/// stand for themselves, the others are U+0100 and following, in order.
/// </summary>
internal static class ByteAlphabet
{
    private const int FirstStandIn = 0x100;

    private static readonly char[] Characters = Build();
    private static readonly Dictionary<char, byte> Bytes =
        Characters.Select((character, index) => (character, index)).ToDictionary(pair => pair.character, pair => (byte)pair.index);

    public static char Character(byte value) => Characters[value];

    /// <summary>Whether the character stands for a byte, and for which.</summary>
    public static bool TryGetByte(char character, out byte value) => Bytes.TryGetValue(character, out value);

    private static char[] Build()
    {
        char[] characters = new char[256];
        int standIns = 0;
        for (int value = 0; value < characters.Length; value++)
        {
            bool printable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            characters[value] = (char)(printable ? value : FirstStandIn + standIns++);
        }

        return characters;
    }
}
