using System.Globalization;
using LayerTool.Stress;

// Tries to break LayerTool: damaged input, kills in the middle of a save, a long life. Exit code 1 where it broke.
string[] usage =
[
    "usage: LayerTool.Stress fuzz MODEL [COUNT] [SEED]    COUNT damaged files, 100000 by default; MODEL: a small checkpoint with a tokenizer",
    "       LayerTool.Stress kill MODEL [COUNT] [SEED]    COUNT saves killed at drawn moments, 200 by default",
    "       LayerTool.Stress soak MODEL [COUNT] [SEED]    COUNT drawn plans run in one process, 1000 by default",
];
if (args.Length is < 2 or > 4 || args.Skip(2).Any(text => !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
{
    Console.Error.WriteLine(string.Join(Environment.NewLine, usage));
    return 2;
}

int Number(int position, int otherwise) => args.Length > position ? int.Parse(args[position], CultureInfo.InvariantCulture) : otherwise;

string folder = Directory.CreateTempSubdirectory("layertool-stress-").FullName;
try
{
    return args[0] switch
    {
        "fuzz" => await FuzzRun.RunAllAsync(args[1], folder, Number(2, 100_000), Number(3, 1), Console.Out) ? 0 : 1,
        "kill" => await KillRun.RunAsync(args[1], folder, Number(2, 200), Number(3, 1), Console.Out) ? 0 : 1,
        "soak" => SoakRun.Run(args[1], Number(2, 1_000), Number(3, 1), Console.Out) ? 0 : 1,
        _ => throw new ArgumentException(usage[0]),
    };
}
finally
{
    Directory.Delete(folder, recursive: true);
}
