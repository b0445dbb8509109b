using LayerTool.Cli;
using LayerTool.Cli.Output;

using StopSignals signals = new();
int exitCode = await App.RunAsync(args, OutputTarget.StandardOutput(), OutputTarget.StandardError(), signals.Token);
return exitCode == ExitCodes.Interrupted ? signals.ExitCode : exitCode;
