using System.CommandLine;

namespace LayerTool.Cli.Options;

/// <summary>Whether layers of a checkpoint with another config are taken where their shapes fit.</summary>
internal sealed class MismatchOption : Option<bool>
{
    public MismatchOption()
        : base("--allow-config-mismatch")
    {
        Description = "Take layers whose checkpoint differs in RoPE, norm epsilon or window, as long as the shapes fit";
    }
}
