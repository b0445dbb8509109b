using LayerTool.Cli.Output;

namespace LayerTool.Cli.Commands;

/// <summary>What <c>layertool info</c> prints.</summary>
internal sealed class InfoReport(MachineInfo machine) : IReport
{
    public string Schema => "layertool.info/1";

    public object Json => machine;

    public void WriteText(ReportWriter writer) => writer.Pairs(
    [
        ("layertool", machine.Version),
        ("TorchSharp", machine.TorchSharp),
        ("libtorch", $"{machine.Libtorch} from {machine.LibtorchFolder}"),
        (".NET", $"{machine.Runtime} on {machine.System}"),
        ("processor", $"{machine.Cores} cores, {(machine.Instructions.Count > 0 ? string.Join(", ", machine.Instructions) : "no vector instructions known here")}"),
        ("threads", $"{machine.Threads}"),
        ("memory", machine.MemoryAvailableBytes is long available
            ? $"{Quantity.Bytes(available)} available of {Quantity.Bytes(machine.MemoryBytes)}"
            : $"{Quantity.Bytes(machine.MemoryBytes)}"),
        ("devices", string.Join(", ", machine.Devices)),
    ]);
}
