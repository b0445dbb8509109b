namespace LayerTool.Cli;

/// <summary>What the process answers.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>The request failed: a file, a model or the machine does not allow it.</summary>
    public const int Failed = 1;

    /// <summary>The command line alone is wrong.</summary>
    public const int Usage = 2;

    /// <summary>A bug in layertool.</summary>
    public const int Bug = 3;

    /// <summary>Stopped by Ctrl+C.</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by SIGTERM.</summary>
    public const int Terminated = 143;
}
