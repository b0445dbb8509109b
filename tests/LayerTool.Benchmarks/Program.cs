using LayerTool.Benchmarks;
using LayerTool.Tensors;

// Prints ratios of one run against named baselines, with the machine's own rates beside them. Nothing here is a test.
if (args.Length < 2)
{
    Console.Error.WriteLine("usage: LayerTool.Benchmarks decode MODEL");
    return 2;
}

TorchHost.Start(new ComputeSettings());
Rates.Print();
DecodeBenchmark.Run(args[1]);
return 0;
