using LayerTool.Samples.Pair;

return new PairCommand().Parse(args).Invoke();
