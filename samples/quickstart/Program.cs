using System.Diagnostics;

// Runs the commands that it prints: layertool drops attention of a model by score, and puts layers of a base model back into a
// post-trained one. Both measure before and after, and save.
string root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "LayerTool.sln")))
{
    root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("Run this inside a checkout of LayerTool.");
}

string[] lines =
[
    "drop base --attn 4 --calib calibration.jsonl --eval evaluation.jsonl --dtype float32 --out dropped --force",
    "restore post --layers 8-11 --from base --eval questions.jsonl,evaluation.jsonl --dtype float32 --out restored --force",
];
foreach (string line in lines)
{
    Console.WriteLine($"$ layertool {line}");
    ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "layertool.dll"), .. line.Split(' ')])
    {
        WorkingDirectory = Path.Combine(root, "samples", "pair"),
    };
    using Process layertool = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
    layertool.WaitForExit();
    if (layertool.ExitCode != 0)
    {
        return layertool.ExitCode;
    }

    Console.WriteLine();
}

return 0;
