using System.Collections.Immutable;
using System.Text.Json;
using LayerTool.Evaluation;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Evaluation;

public sealed class WindowsTests
{
    private const int Prefix = 99;

    public static TheoryData<string> HarnessRuns =>
    [
        "stories260K/wikitext-0",
        "stories260K/wikitext-0-edge",
        "stories260K/wikitext-0-len64",
        "stories260K/wikitext-0-nobos",
        "SmolLM2-135M-Instruct-dq4/wikitext-0",
        "SmolLM2-135M-Instruct-dq4/wikitext-0-len512",
    ];

    // The vectors that the harness documents: (length, tokens) and the (context | predicted) windows.
    [Theory]
    [InlineData(4, 10, "99|0,1,2,3 3|4,5,6,7 5,6,7|8,9")]
    [InlineData(4, 5, "99|0,1,2,3 0,1,2,3|4")]
    [InlineData(3, 7, "99|0,1,2 2|3,4,5 3,4,5|6")]
    [InlineData(4, 3, "99|0,1,2")]
    [InlineData(4, 4, "99|0,1,2,3")]
    [InlineData(1, 3, "99|0 0|1 1|2")]
    [InlineData(4, 0, "")]
    public void A_document_is_cut_as_the_harness_cuts_it(int length, int tokens, string expected)
    {
        ImmutableArray<TokenWindow> windows = Windows.Rolling([.. Enumerable.Range(0, tokens)], Prefix, length);

        Assert.Equal(expected, string.Join(' ', windows.Select(Shown)));
        Assert.Equal(tokens, windows.Sum(window => window.Predicted));
        Assert.All(windows, window => Assert.InRange(window.InputLength, 1, length));
    }

    // The files hold the windows of each page; put together, the predicted tokens of all windows are the page's.
    [Theory]
    [MemberData(nameof(HarnessRuns))]
    public void The_windows_of_the_reference_runs_come_out(string run)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(SharedFiles.Find($"golden/harness/{run}.json")));
        int length = json.RootElement.GetProperty("max_length").GetInt32();
        int prefix = json.RootElement.GetProperty("prefix_token_id").GetInt32();
        int compared = 0;
        foreach (JsonElement sample in json.RootElement.GetProperty("samples").EnumerateArray())
        {
            List<(int[] Context, int[] Predicted)> expected =
            [
                .. sample.GetProperty("windows").EnumerateArray().Select(window => (Ids(window, "ctx"), Ids(window, "cont"))),
            ];
            ImmutableArray<TokenWindow> windows = Windows.Rolling([.. expected.SelectMany(window => window.Predicted)], prefix, length);

            Assert.Equal(expected.Count, windows.Length);
            foreach (((int[] context, int[] predicted), TokenWindow window) in expected.Zip(windows))
            {
                Assert.Equal([.. context, .. predicted], window.Ids.ToArray());
                Assert.Equal(predicted.Length, window.Predicted);
                compared++;
            }
        }

        Assert.True(compared > 0);
    }

    [Theory]
    [InlineData(10, 4, null, "0|1,2,3 4|5,6,7")]
    [InlineData(10, 4, 1, "0|1,2,3")]
    [InlineData(8, 4, 9, "0|1,2,3 4|5,6,7")]
    [InlineData(3, 4, null, "")]
    public void A_packed_text_is_cut_into_disjoint_windows(int tokens, int length, int? limit, string expected)
    {
        ImmutableArray<TokenWindow> windows = Windows.Packed([.. Enumerable.Range(0, tokens)], length, limit);

        Assert.Equal(expected, string.Join(' ', windows.Select(Shown)));
    }

    private static string Shown(TokenWindow window)
    {
        int[] ids = window.Ids.ToArray();
        return $"{string.Join(',', ids[..^window.Predicted])}|{string.Join(',', ids[^window.Predicted..])}";
    }

    private static int[] Ids(JsonElement window, string name) => [.. window.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
}
