using System.Globalization;
using System.Text;

namespace LayerTool.Tokenization.Templates.Running;

/// <summary>Python's strftime, in English.</summary>
internal static class ClockFormat
{
    public static string Apply(string format, DateTime now)
    {
        StringBuilder result = new(format.Length);
        for (int at = 0; at < format.Length; at++)
        {
            if (format[at] != '%' || at + 1 == format.Length)
            {
                result.Append(format[at]);
                continue;
            }

            at++;
            bool plain = format[at] == '-' && at + 1 < format.Length;
            at += plain ? 1 : 0;
            string? field = Field(format[at], now);
            result.Append(field is null ? $"%{(plain ? "-" : "")}{format[at]}" : plain ? field.TrimStart('0') is { Length: > 0 } trimmed ? trimmed : "0" : field);
        }

        return result.ToString();
    }

    private static string? Field(char letter, DateTime now)
    {
        string Text(string format) => now.ToString(format, CultureInfo.InvariantCulture);
        string Week(int daysBefore) => ((now.DayOfYear + 6 - daysBefore) / 7).ToString("00", CultureInfo.InvariantCulture);
        return letter switch
        {
            'Y' => Text("yyyy"),
            'y' => Text("yy"),
            'm' => Text("MM"),
            'd' => Text("dd"),
            'e' => now.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'H' => Text("HH"),
            'I' => Text("hh"),
            'M' => Text("mm"),
            'S' => Text("ss"),
            'f' => Text("ffffff"),
            'p' => now.Hour < 12 ? "AM" : "PM",
            'a' => Text("ddd"),
            'A' => Text("dddd"),
            'b' or 'h' => Text("MMM"),
            'B' => Text("MMMM"),
            'j' => now.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
            'w' => ((int)now.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'u' => (((int)now.DayOfWeek + 6) % 7 + 1).ToString(CultureInfo.InvariantCulture),
            'U' => Week((int)now.DayOfWeek),
            'W' => Week(((int)now.DayOfWeek + 6) % 7),
            'D' or 'x' => Text("MM/dd/yy"),
            'F' => Text("yyyy-MM-dd"),
            'T' or 'X' => Text("HH:mm:ss"),
            'R' => Text("HH:mm"),
            'c' => $"{Text("ddd MMM")} {now.Day.ToString(CultureInfo.InvariantCulture),2} {Text("HH:mm:ss yyyy")}",
            'z' or 'Z' => "",
            'n' => "\n",
            't' => "\t",
            '%' => "%",
            _ => null,
        };
    }
}
