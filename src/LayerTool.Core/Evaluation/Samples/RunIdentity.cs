using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using LayerTool.Evaluation.Tasks;

namespace LayerTool.Evaluation.Samples;

/// <summary>
/// What the answers of a run depend on. A stopped run is taken up only where all of it is the same: answers of another model or to
/// other questions would be mixed in without a word.
/// </summary>
/// <param name="Fields">Name and value of each thing.</param>
public sealed record RunIdentity(ImmutableArray<(string Name, string Value)> Fields)
{
    /// <summary>Every text that a task asks, in order: data, shots, template and limits all show in it.</summary>
    public static string HashOf(PreparedTask task)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (TextRequest request in task.Documents.SelectMany(document => document.Requests))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{request.Context.Length} {request.Context}{request.Continuation}\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The first thing that differs, or null.</summary>
    public string? Difference(RunIdentity other)
    {
        foreach ((string name, string value) in Fields)
        {
            string there = other.Fields.FirstOrDefault(field => field.Name == name).Value ?? "nothing";
            if (there != value)
            {
                return $"`{name}` is {value}, and was {there}";
            }
        }

        return other.Fields.Length == Fields.Length ? null : "it had other tasks";
    }
}
