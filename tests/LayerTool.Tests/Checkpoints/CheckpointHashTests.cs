using LayerTool.Checkpoints;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Checkpoints;

public sealed class CheckpointHashTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_quick_hash_sees_headers_and_the_full_one_weights_too()
    {
        Checkpoint zeros = Write("zeros", 4, 0);
        Checkpoint ones = Write("ones", 4, 1);
        Checkpoint longer = Write("longer", 5, 0);

        Assert.Equal(CheckpointHash.Quick(zeros), CheckpointHash.Quick(ones));
        Assert.NotEqual(CheckpointHash.Quick(zeros), CheckpointHash.Quick(longer));
        Assert.NotEqual(Full(zeros), Full(ones));
        Assert.Equal(Full(zeros), Full(Write("again", 4, 0)));
    }

    [Fact]
    public void The_two_kinds_are_told_apart()
    {
        Checkpoint checkpoint = Write("zeros", 4, 0);

        Assert.Matches("^sha256-headers:[0-9a-f]{64}$", CheckpointHash.Quick(checkpoint));
        Assert.Matches("^sha256:[0-9a-f]{64}$", Full(checkpoint));
        Assert.False(CheckpointHash.IsFull(CheckpointHash.Quick(checkpoint)));
        Assert.True(CheckpointHash.IsFull(Full(checkpoint)));
    }

    private static string Full(Checkpoint checkpoint) => CheckpointHash.Full(checkpoint, cancellation: TestContext.Current.CancellationToken);

    private Checkpoint Write(string name, long size, float value)
    {
        _folder.Write($"{name}/config.json", "{}");
        TinySafetensors.Write(_folder.File($"{name}/model.safetensors"), [("w", [size])], value);
        return Checkpoint.Open(_folder.File(name));
    }
}
