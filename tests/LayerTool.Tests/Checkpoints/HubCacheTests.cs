using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Checkpoints;

public sealed class HubCacheTests : IDisposable
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly TempFolder _folder = new();
    private readonly HubCache _cache;

    public HubCacheTests()
    {
        _cache = new HubCache(_folder.Path);
        _folder.Write("models--org--name/refs/main", Commit + "\n");
        _folder.Write("models--org--name/refs/pr/1", Commit);
        _folder.Write($"models--org--name/snapshots/{Commit}/config.json", "{}");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("org/name")]
    [InlineData("org/name@main")]
    [InlineData("org/name@pr/1")]
    [InlineData("org/name@" + Commit)]
    public void A_revision_is_found_by_branch_or_commit(string repository)
    {
        Assert.Equal(_folder.File($"models--org--name/snapshots/{Commit}"), _cache.Find(repository).Replace('\\', '/'));
        Assert.Equal(_cache.Find(repository), ModelLocation.Find(repository, _cache));
    }

    [Theory]
    [InlineData("org/other", "`org/other` is neither a folder here nor in the Hugging Face cache", "`hf download org/other` brings it")]
    [InlineData("org/name@v2", "`org/name` is in the Hugging Face cache", "`hf download org/name --revision v2` brings it")]
    public void What_is_missing_is_told_with_the_command_that_brings_it(string repository, string message, string hint)
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => ModelLocation.Find(repository, _cache));

        Assert.StartsWith(message, fault.Message, StringComparison.Ordinal);
        Assert.Equal(hint, fault.Hint);
    }

    [Theory]
    [InlineData("../name")]
    [InlineData("org/../name")]
    [InlineData("org/name@../x")]
    [InlineData("org/name@x/../../y")]
    [InlineData("a/b/c")]
    [InlineData("/etc")]
    [InlineData("C:\\models")]
    [InlineData("")]
    public void What_is_no_repository_id_never_becomes_a_path(string text)
    {
        Assert.False(HubCache.IsRepository(text));
        Assert.Throws<LayerToolException>(() => _cache.Find(text));
    }

    [Fact]
    public void A_branch_file_cannot_point_elsewhere()
    {
        _folder.Write("models--org--name/refs/evil", "../../..");

        Assert.Contains("expected the id of a commit", Assert.Throws<LayerToolException>(() => _cache.Find("org/name@evil")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_snapshot_of_links_into_the_blobs_opens()
    {
        string blob = TinySafetensors.Write(_folder.File("models--org--name/blob"), [("model.layers.0.w", [4])]);
        File.CreateSymbolicLink(_folder.File($"models--org--name/snapshots/{Commit}/model.safetensors"), Path.Combine("..", "..", "blob"));

        Checkpoint checkpoint = Checkpoint.Open(_cache.Find("org/name"));

        Assert.Equal(new FileInfo(blob).Length, checkpoint.Files[0].FileSize);
        using LayerTool.Safetensors.TensorReader reader = checkpoint.OpenWeights();
        Assert.Equal(new byte[16], reader.ReadAll(checkpoint.Tensors["model.layers.0.w"]));
    }

    [Theory]
    [InlineData("HF_HUB_CACHE=/a HF_HOME=/b", "/a")]
    [InlineData("HUGGINGFACE_HUB_CACHE=/a HF_HOME=/b", "/a")]
    [InlineData("HF_HOME=/b XDG_CACHE_HOME=/c", "/b/hub")]
    [InlineData("XDG_CACHE_HOME=/c", "/c/huggingface/hub")]
    [InlineData("HF_HOME=~/b", "HOME/b/hub")]
    [InlineData("", "HOME/.cache/huggingface/hub")]
    public void The_environment_says_where_the_cache_is(string variables, string expected)
    {
        Dictionary<string, string> environment = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);

        string root = HubCache.FromEnvironment(environment.GetValueOrDefault).Root;

        Assert.Equal(expected, root.Replace('\\', '/').Replace(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile).Replace('\\', '/'), "HOME", StringComparison.Ordinal));
    }
}
