using System.Text.RegularExpressions;
using LayerTool.Faults;
using LayerTool.Files;

namespace LayerTool.Checkpoints;

/// <summary>
/// The local cache of the Hugging Face hub, in which a repository id such as <c>Qwen/Qwen2.5-0.5B</c> is found. Nothing is ever
/// downloaded.
/// </summary>
/// <param name="root">The cache's folder, with one <c>models--org--name</c> in it for each repository.</param>
public sealed partial class HubCache(string root)
{
    private const string DefaultRevision = "main";

    /// <summary>The cache's folder.</summary>
    public string Root => root;

    /// <summary>The cache that the environment names: <c>HF_HUB_CACHE</c>, else <c>HF_HOME</c>, else the default place.</summary>
    /// <param name="variable">Reads an environment variable; null for those of the process.</param>
    public static HubCache FromEnvironment(Func<string, string?>? variable = null)
    {
        string? Read(string name)
        {
            string? value = (variable ?? Environment.GetEnvironmentVariable)(name);
            return string.IsNullOrWhiteSpace(value) ? null : Expand(value);
        }

        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string cache = Read("XDG_CACHE_HOME") ?? Path.Combine(home, ".cache");
        return new HubCache(
            Read("HF_HUB_CACHE")
            ?? Read("HUGGINGFACE_HUB_CACHE")
            ?? Path.Combine(Read("HF_HOME") ?? Path.Combine(cache, "huggingface"), "hub"));

        string Expand(string path) => path == "~" || path.StartsWith("~/", StringComparison.Ordinal) ? home + path[1..] : path;
    }

    /// <summary>Whether a text has the form of a repository id, <c>org/name</c> or <c>name</c>, with or without <c>@revision</c>.</summary>
    public static bool IsRepository(string text) => RepositoryPattern().IsMatch(text) && !text.Contains("..", StringComparison.Ordinal) && !text.Contains("--", StringComparison.Ordinal);

    /// <summary>The folder of a repository's files.</summary>
    /// <param name="repository">The id, with <c>@revision</c> (a branch, a tag or a commit) where it is not <c>main</c>.</param>
    /// <exception cref="LayerToolException">The cache has no such repository or revision; the hint is the command that brings it.</exception>
    public string Find(string repository)
    {
        if (!IsRepository(repository))
        {
            throw new LayerToolException($"{Quoted.Text(repository)} is not a repository id, expected `org/name` or `org/name@revision`", "give a folder, a plan file, or a repository id such as `Qwen/Qwen2.5-0.5B`");
        }

        string[] parts = repository.Split('@');
        string id = parts[0];
        string revision = parts.Length > 1 ? parts[1] : DefaultRevision;
        string folder = Path.Combine(root, "models--" + id.Replace("/", "--", StringComparison.Ordinal));
        string download = parts.Length > 1 ? $"`hf download {id} --revision {revision}` brings it" : $"`hf download {id}` brings it";
        if (!Directory.Exists(folder))
        {
            throw new LayerToolException($"`{id}` is neither a folder here nor in the Hugging Face cache {root}", download);
        }

        string snapshot = Path.Combine(folder, "snapshots", Commit(folder, revision));
        return Directory.Exists(snapshot)
            ? snapshot
            : throw new LayerToolException($"`{id}` is in the Hugging Face cache {root}, but not its revision `{revision}`", download);
    }

    /// <summary>The commit that a branch or tag stands for; a commit stands for itself.</summary>
    private static string Commit(string folder, string revision)
    {
        string file = Path.Combine(folder, "refs", Path.Combine(revision.Split('/')));
        if (!File.Exists(file))
        {
            return revision;
        }

        try
        {
            string commit = File.ReadAllText(file).Trim();
            return CommitPattern().IsMatch(commit)
                ? commit
                : throw new LayerToolException($"{file}: holds {Quoted.Text(commit)}, expected the id of a commit", "download the repository again, or name a commit with `@REVISION`");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw FileFault.Unreadable(file, fault);
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?(@[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex RepositoryPattern();

    [GeneratedRegex(@"^[0-9a-f]{7,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex CommitPattern();
}
