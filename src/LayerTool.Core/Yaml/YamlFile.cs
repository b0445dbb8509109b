using System.Text;
using LayerTool.Faults;
using LayerTool.Files;
using YamlDotNet.Core;

namespace LayerTool.Yaml;

/// <summary>
/// Reads YAML that nobody has checked: one document, bounded in bytes, depth and number of values, with every alias counted as what
/// it stands for. Merge keys (<c>&lt;&lt;</c>) are resolved.
/// </summary>
public static class YamlFile
{
    /// <summary>Largest file, in bytes.</summary>
    public const int MostBytes = 1 << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file.</summary>
    /// <exception cref="LayerToolException">It is missing, too large, or not one sound document; the line is named.</exception>
    public static YamlNode Read(string file)
    {
        ReadOnlySpan<byte> text = BoundedFile.ReadBytes(file, MostBytes, "name the YAML file itself");
        try
        {
            return Parse(Strict.GetString(text.StartsWith("\ufeff"u8) ? text[3..] : text), file);
        }
        catch (DecoderFallbackException fault)
        {
            throw FileFault.NotUtf8(file, fault);
        }
    }

    /// <summary>Reads text.</summary>
    /// <param name="text">The document.</param>
    /// <param name="file">What to call it in messages.</param>
    /// <exception cref="LayerToolException">It is not one sound document; the line is named.</exception>
    public static YamlNode Parse(string text, string file) => new YamlTree(new Parser(new StringReader(text)), file).Read();
}
