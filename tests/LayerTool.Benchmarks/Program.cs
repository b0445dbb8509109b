using LayerTool.Benchmarks;
using LayerTool.Tensors;

// Prints ratios against named baselines of the same run, with the machine's own rates beside them. Nothing here is a test.
if (args is ["nothing"])
{
    return 0;
}

if (args.Length is < 1 or > 2 || args[0].StartsWith('-'))
{
    Console.Error.WriteLine("usage: LayerTool.Benchmarks MODEL [FOLDER]    MODEL: a checkpoint to decode with; FOLDER: 15 GB of room for large files");
    return 2;
}

string model = args[0];
string room = Directory.CreateDirectory(args.Length > 1 ? args[1] : Path.GetTempPath()).FullName;
StartBenchmark.Run(room);
PublishBenchmark.Run(room);
EditBenchmark.Run(room);
TorchHost.Start(new ComputeSettings());
Rates.Print();
DecodeBenchmark.Run(model, ComputeDtype.Float32);
PrefillBenchmark.Run(model, ComputeDtype.Float32, "wanted: 70 %");
if (ProcessorFeatures.Current.HasBFloat16Matrices)
{
    DecodeBenchmark.Run(model, ComputeDtype.BFloat16);
    PrefillBenchmark.Run(model, ComputeDtype.BFloat16, "no figure wanted");
}

ScoreBenchmark.Run(model);
return 0;
