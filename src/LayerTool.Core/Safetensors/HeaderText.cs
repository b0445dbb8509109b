using System.Globalization;
using System.Text;

namespace LayerTool.Safetensors;

/// <summary>The JSON of a header, letter for letter as the reference writer puts it.</summary>
internal static class HeaderText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The header's bytes, padded with spaces so that the data begin at a multiple of 8.</summary>
    /// <param name="tensors">The tensors in the order of their bytes.</param>
    /// <param name="metadata">Pairs of <c>__metadata__</c>, in the order in which they are written.</param>
    public static byte[] Write(IEnumerable<TensorDeclaration> tensors, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        StringBuilder text = new("{\"__metadata__\":{");
        string comma = "";
        foreach ((string key, string value) in metadata)
        {
            text.Append(comma);
            AppendString(text, key);
            text.Append(':');
            AppendString(text, value);
            comma = ",";
        }

        text.Append('}');
        long offset = 0;
        foreach (TensorDeclaration tensor in tensors)
        {
            text.Append(',');
            AppendString(text, tensor.Name);
            long end = checked(offset + tensor.ByteCount);
            text.Append(CultureInfo.InvariantCulture, $":{{\"dtype\":\"{tensor.Dtype.Name}\",\"shape\":[{string.Join(',', tensor.Shape)}],\"data_offsets\":[{offset},{end}]}}");
            offset = end;
        }

        text.Append('}');
        int length = Strict.GetByteCount(text.ToString());
        text.Append(' ', (SafetensorsHeader.PrefixBytes - (length % SafetensorsHeader.PrefixBytes)) % SafetensorsHeader.PrefixBytes);
        return Strict.GetBytes(text.ToString());
    }

    /// <summary>Only what JSON demands is escaped: .NET's own encoders escape more, and the bytes would differ.</summary>
    private static void AppendString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char letter in value)
        {
            _ = letter switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                _ => text.Append(letter),
            };
        }

        text.Append('"');
    }
}
