using System.Collections.Immutable;
using System.Text.Json;
using LayerTool.Faults;

namespace LayerTool.Data;

/// <summary>Rows of token ids in JSON: a list of lists of whole numbers, or an object that holds one under <c>ids</c>.</summary>
public static class TokenRowsJson
{
    private const string Form = "write the ids as a list of rows, such as `{\"ids\": [[1, 15, 7], [1, 9]]}`";

    /// <summary>The rows, or null where <paramref name="root"/> has another form.</summary>
    /// <param name="root">The document.</param>
    /// <param name="file">Path of the file, for messages.</param>
    /// <exception cref="LayerToolException">There are rows, but one is empty or holds something that is no token id.</exception>
    public static ImmutableArray<ImmutableArray<int>>? Find(JsonElement root, string file)
    {
        JsonElement rows = root;
        if (root.ValueKind == JsonValueKind.Object && !root.TryGetProperty("ids", out rows))
        {
            return null;
        }

        if (rows.ValueKind != JsonValueKind.Array || rows.GetArrayLength() == 0)
        {
            return root.ValueKind == JsonValueKind.Object
                ? throw new LayerToolException($"`{file}`: `ids` is {TextRow.Kind(rows)} without rows, expected a list of lists of token ids", Form)
                : null;
        }

        if (rows[0].ValueKind != JsonValueKind.Array && root.ValueKind == JsonValueKind.Array)
        {
            return null;
        }

        int number = 0;
        ImmutableArray<ImmutableArray<int>>.Builder found = ImmutableArray.CreateBuilder<ImmutableArray<int>>(rows.GetArrayLength());
        foreach (JsonElement row in rows.EnumerateArray())
        {
            found.Add(Row(row, number++, file));
        }

        return found.MoveToImmutable();
    }

    private static ImmutableArray<int> Row(JsonElement row, int number, string file)
    {
        if (row.ValueKind != JsonValueKind.Array || row.GetArrayLength() == 0)
        {
            throw new LayerToolException($"`{file}`: row {number} of the token ids is {TextRow.Kind(row)} without ids, expected a list of token ids", Form);
        }

        return
        [
            .. row.EnumerateArray().Select(id => id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out int value) && value >= 0
                ? value
                : throw new LayerToolException($"`{file}`: row {number} holds `{id.GetRawText()}`, which is no token id", Form)),
        ];
    }
}
