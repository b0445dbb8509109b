using Xunit;

namespace LayerTool.Tests.Support;

/// <summary>Tests that touch torch run one after another: scopes belong to a thread, and live tensors are counted.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TorchCollection
{
    public const string Name = "Torch";
}
