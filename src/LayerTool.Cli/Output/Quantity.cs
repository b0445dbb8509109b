using System.Globalization;

namespace LayerTool.Cli.Output;

/// <summary>Numbers as people read them; decimal units, as the model hubs use them.</summary>
internal static class Quantity
{
    private static readonly string[] ByteUnits = ["B", "kB", "MB", "GB", "TB", "PB"];
    private static readonly string[] CountUnits = ["", " K", " M", " B", " T"];

    /// <summary>Such as <c>269.1 MB</c>.</summary>
    public static string Bytes(double bytes) => Scaled(bytes, ByteUnits, " ");

    /// <summary>Such as <c>134.5 M</c>.</summary>
    public static string Count(double count) => Scaled(count, CountUnits, "");

    /// <summary>Such as <c>1,234,567</c>.</summary>
    public static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Such as <c>29.5571</c> or <c>1.268e+6</c>.</summary>
    public static string Perplexity(double perplexity) => perplexity.ToString(
        perplexity < 1e3 ? "0.0000" : perplexity < 1e6 ? "N1" : "0.000e+0", CultureInfo.InvariantCulture);

    /// <summary>Such as <c>+2.0 %</c>, <c>-12.5 %</c>, <c>0.0 %</c>.</summary>
    public static string Change(double part) => string.Create(CultureInfo.InvariantCulture, $"{part * 100:+0.0;-0.0;0.0} %");

    /// <summary>Such as <c>1:02:03</c>, <c>4:05</c>, <c>9 s</c>.</summary>
    public static string Duration(TimeSpan time) =>
        time.TotalSeconds < 60 ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Round(time.TotalSeconds)):0} s")
        : time.TotalHours < 1 ? time.ToString(@"m\:ss", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(time.TotalHours):0}:{time.Minutes:00}:{time.Seconds:00}");

    private static string Scaled(double value, string[] units, string space)
    {
        int unit = 0;
        double scaled = Math.Abs(value);
        while (scaled >= 999.95 && unit < units.Length - 1)
        {
            scaled /= 1000;
            unit++;
        }

        string sign = value < 0 ? "-" : "";
        string format = unit == 0 ? "0" : "0.0";
        return sign + scaled.ToString(format, CultureInfo.InvariantCulture) + space + units[unit];
    }
}
