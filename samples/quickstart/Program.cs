using System.Diagnostics;
using LayerTool.Samples.Quickstart;

// Makes a small checkpoint, then runs the command that it prints: layertool drops two attentions, measures and saves.
string root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "LayerTool.sln")))
{
    root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("Run this inside a checkout of LayerTool.");
}

const string Folder = "samples/quickstart";
string text = File.ReadAllText(Path.Combine(root, Folder, "calibration.txt"));
ToyCheckpoint.Write(Path.Combine(root, Folder, "checkpoint"), text);

string[] line =
[
    "drop", $"{Folder}/checkpoint", "--attn", "2",
    "--calib", $"{Folder}/calibration.txt",
    "--eval", $"{Folder}/evaluation.txt",
    "--out", $"{Folder}/dropped", "--force",
];
Console.WriteLine($"$ layertool {string.Join(' ', line)}");

ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "layertool.dll"), .. line]) { WorkingDirectory = root };
using Process layertool = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
layertool.WaitForExit();
return layertool.ExitCode;
