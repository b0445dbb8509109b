using System.Text.Json;
using LayerTool.Files;

namespace LayerTool.Cli.Chatting;

/// <summary>Reads the JSON files that a conversation is given in.</summary>
internal static class ChatFile
{
    private static readonly JsonLimits Limits = new(16 << 20, Deepest: 64, "write `[{\"role\": \"user\", \"content\": \"…\"}]`");

    /// <summary>The value that a file holds.</summary>
    /// <exception cref="Faults.LayerToolException">It is missing, too large, or not sound JSON.</exception>
    public static JsonElement Read(string file) => GuardedJson.Read(file, Limits).RootElement;
}
