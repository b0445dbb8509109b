using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Writes a copy of a 64-bit little-endian ELF library in which the reference to the symbol version GLIBCXX_3.4.32 is weak
/// (VER_FLG_WEAK in its Elf64_Vernaux), so that the loader does not refuse an older libstdc++.
/// </summary>
public class MendNativeLibrary : Task
{
    private const string Version = "GLIBCXX_3.4.32";
    private const uint SectionOfNeededVersions = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort Weak = 2; // VER_FLG_WEAK

    public string Source { get; set; }

    public string Target { get; set; }

    public override bool Execute()
    {
        if (File.Exists(Target) && File.GetLastWriteTimeUtc(Target) == File.GetLastWriteTimeUtc(Source))
        {
            return true;
        }

        byte[] elf = File.ReadAllBytes(Source);
        if (elf.Length < 64 || elf[0] != 0x7f || elf[1] != 'E' || elf[4] != 2 || elf[5] != 1)
        {
            Log.LogError("{0} is not a 64-bit little-endian ELF file.", Source);
            return false;
        }

        int mended = MarkWeak(elf);
        Log.LogMessage(MessageImportance.Low, "{0}: {1} reference(s) to {2} made weak.", Source, mended, Version);

        Directory.CreateDirectory(Path.GetDirectoryName(Target));
        string aside = Target + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(aside, elf);
        File.SetLastWriteTimeUtc(aside, File.GetLastWriteTimeUtc(Source));
        File.Delete(Target); // never written through: it may be a hard link
        File.Move(aside, Target);
        return true;
    }

    private static int MarkWeak(byte[] elf)
    {
        long sections = BitConverter.ToInt64(elf, 0x28);
        int entrySize = BitConverter.ToUInt16(elf, 0x3a);
        int count = BitConverter.ToUInt16(elf, 0x3c);
        int mended = 0;
        for (int index = 0; index < count; index++)
        {
            int header = checked((int)sections + (index * entrySize));
            if (BitConverter.ToUInt32(elf, header + 4) != SectionOfNeededVersions)
            {
                continue;
            }

            int strings = checked((int)BitConverter.ToInt64(elf, (int)sections + ((int)BitConverter.ToUInt32(elf, header + 40) * entrySize) + 24));
            int need = checked((int)BitConverter.ToInt64(elf, header + 24));
            for (int needs = (int)BitConverter.ToUInt32(elf, header + 44); needs > 0; needs--)
            {
                int aux = need + (int)BitConverter.ToUInt32(elf, need + 8);
                for (int versions = BitConverter.ToUInt16(elf, need + 2); versions > 0; versions--)
                {
                    if (ReadString(elf, strings + (int)BitConverter.ToUInt32(elf, aux + 8)) == Version)
                    {
                        elf[aux + 4] |= (byte)Weak;
                        mended++;
                    }

                    aux += (int)BitConverter.ToUInt32(elf, aux + 12);
                }

                need += (int)BitConverter.ToUInt32(elf, need + 12);
            }
        }

        return mended;
    }

    private static string ReadString(byte[] bytes, int start)
    {
        int end = Array.IndexOf(bytes, (byte)0, start);
        return Encoding.ASCII.GetString(bytes, start, end - start);
    }
}
