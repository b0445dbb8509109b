using System.Buffers.Binary;
using System.Text;

namespace LayerTool.Tensors;

/// <summary>A shared library for Linux that holds nothing but its name: headers, and a dynamic section (ELF, 64 bits).</summary>
internal static class StubLibrary
{
    /// <summary>ELF's number of x86-64.</summary>
    public const ushort X64 = 62;
    /// <summary>ELF's number of aarch64.</summary>
    public const ushort Arm64 = 183;

    private const int FileHeader = 64;
    private const int ProgramHeader = 56;
    private const int Segments = 3;
    private const int DynamicEntries = 7;

    /// <summary>The bytes of one.</summary>
    /// <param name="name">The name that it bears inside (SONAME), by which the loader knows it once it is loaded.</param>
    /// <param name="machine">The processor, as ELF numbers them.</param>
    public static byte[] Of(string name, ushort machine)
    {
        byte[] strings = [0, .. Encoding.ASCII.GetBytes(name), 0];
        int dynamic = FileHeader + (Segments * ProgramHeader);
        int symbols = dynamic + (DynamicEntries * 16);
        int hash = symbols + 24; // the one symbol that every table begins with
        int names = hash + 16;
        byte[] file = new byte[names + strings.Length];

        void Half(int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), value);
        void Word(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);
        void Long(int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(at), value);

        void Segment(int index, uint type, int start, int size, int alignment)
        {
            int at = FileHeader + (index * ProgramHeader);
            Word(at, type);
            Word(at + 4, 6); // readable and writable: the loader may put addresses into the dynamic section
            foreach (int place in (int[])[8, 16, 24])
            {
                Long(at + place, start);
            }

            Long(at + 32, size);
            Long(at + 40, size);
            Long(at + 48, alignment);
        }

        new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(file, 0); // 64 bits, little endian
        Half(16, 3); // a shared object
        Half(18, machine);
        Word(20, 1);
        Long(32, FileHeader);
        Half(52, FileHeader);
        Half(54, ProgramHeader);
        Half(56, Segments);
        Half(58, 64);
        Segment(0, type: 1, 0, file.Length, 4096); // PT_LOAD
        Segment(1, type: 2, dynamic, DynamicEntries * 16, 8); // PT_DYNAMIC
        Segment(2, type: 0x6474e551, 0, 0, 16); // PT_GNU_STACK, not executable
        (long Tag, long Value)[] entries =
        [
            (14, 1), (4, hash), (5, names), (6, symbols), (10, strings.Length), (11, 24), (0, 0), // SONAME, HASH, STRTAB, SYMTAB, STRSZ, SYMENT
        ];
        foreach ((int index, (long tag, long value)) in entries.Index())
        {
            Long(dynamic + (16 * index), tag);
            Long(dynamic + (16 * index) + 8, value);
        }

        Word(hash, 1); // one bucket, one symbol
        Word(hash + 4, 1);
        strings.CopyTo(file, names);
        return file;
    }
}
