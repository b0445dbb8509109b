using LayerTool.Benchmarks;
using LayerTool.Tensors;

// Prints ratios against named baselines of the same run, with the machine's own rates beside them. Nothing here is a test.
if (args is ["nothing"])
{
    return 0;
}

if (args is ["memory", string measured, string type, string offloaded])
{
    MemoryBenchmark.RunHere(measured, Enum.Parse<ComputeDtype>(type), bool.Parse(offloaded));
    return 0;
}

string[] parts = ["start", "publish", "edit", "decode", "prefill", "experts", "memory", "tokenize", "score", "eval", "restore"];
if (args.Length < 1 || args[0].StartsWith('-') || parts.Contains(args.ElementAtOrDefault(1)) || args.Skip(2).Except(parts).Any())
{
    Console.Error.WriteLine("usage: LayerTool.Benchmarks MODEL [FOLDER [PART ...]]");
    Console.Error.WriteLine("  MODEL   a checkpoint to compute with");
    Console.Error.WriteLine("  FOLDER  15 GB of room for large files");
    Console.Error.WriteLine($"  PART    {string.Join(", ", parts)}; all where none is named");
    return 2;
}

string model = args[0];
string room = Directory.CreateDirectory(args.Length > 1 ? args[1] : Path.GetTempPath()).FullName;
if (IsWanted("start") || IsWanted("publish") || IsWanted("edit"))
{
    using PublishedProgram program = PublishedProgram.Publish(room);
    if (IsWanted("start"))
    {
        StartBenchmark.Run(program, room);
    }

    if (IsWanted("publish"))
    {
        PublishBenchmark.Run(program);
    }

    if (IsWanted("edit"))
    {
        EditBenchmark.Run(program, room);
    }
}

TorchHost.Start(new ComputeSettings());
Rates.Print();
ComputeDtype[] dtypes = ProcessorFeatures.Current.HasBFloat16Matrices ? [ComputeDtype.Float32, ComputeDtype.BFloat16] : [ComputeDtype.Float32];
foreach (ComputeDtype dtype in dtypes.Where(_ => IsWanted("decode")))
{
    DecodeBenchmark.Run(model, dtype);
}

foreach (ComputeDtype dtype in dtypes.Where(_ => IsWanted("prefill")))
{
    PrefillBenchmark.Run(model, dtype);
}

if (IsWanted("experts"))
{
    using ExpertCheckpoint experts = ExpertCheckpoint.Make(room);
    foreach (ComputeDtype dtype in dtypes)
    {
        PrefillBenchmark.Run(experts.Folder, dtype);
    }
}

if (IsWanted("memory"))
{
    MemoryBenchmark.Run(model);
}

string shared = Environment.GetEnvironmentVariable("LAYERTOOL_SHARED") ?? Path.Combine("..", "shared");
if (IsWanted("tokenize"))
{
    TokenizeBenchmark.Run(shared);
}

if (IsWanted("score"))
{
    ScoreBenchmark.Run(model);
}

if (IsWanted("eval"))
{
    EvalBenchmark.Run(model, Path.Combine(shared, "data"));
}

if (IsWanted("restore"))
{
    RestoreBenchmark.Run(model);
}

return 0;

bool IsWanted(string part) => args.Length < 3 || args.Skip(2).Contains(part);
