using Mono.Cecil;
using Mono.Cecil.Cil;
using Xunit;

namespace LayerTool.Tests.Structure;

/// <summary>
/// Who may use whom. A folder of Core may use those that stand before it in the list, never one behind it: so there are no
/// cycles, and a reader can learn the code from the top of the list down.
/// </summary>
public sealed class DirectionOfUseTests
{
    private const string Root = "LayerTool";

    // Folders on one line know nothing of each other.
    private static readonly string[][] Order =
    [
        ["Faults", "Progress"],
        ["Files", "Python"],
        ["Architectures", "Safetensors", "Tokenization", "Yaml"],
        ["Plans"],
        ["Checkpoints", "Data"],
        ["Tensors", "Mergekit"],
        ["Adapters"],
        ["Models", "Saving"],
        ["Generation", "Tying"],
        ["Evaluation"],
        ["Scoring", "Verification"],
    ];

    private static readonly Dictionary<string, HashSet<string>> Uses = ReadUses(Path.Combine(AppContext.BaseDirectory, "LayerTool.Core.dll"));

    [Fact]
    public void Every_folder_of_core_has_its_place()
    {
        Assert.Empty(Uses.Keys.Except(Order.SelectMany(level => level)));
    }

    [Fact]
    public void A_folder_uses_only_folders_before_it()
    {
        Dictionary<string, int> place = Order.SelectMany((level, index) => level.Select(folder => (folder, index))).ToDictionary(pair => pair.folder, pair => pair.index);

        string[] wrong = [.. from entry in Uses from used in entry.Value where place[used] >= place[entry.Key] select $"{entry.Key} uses {used}"];

        Assert.Empty(wrong);
    }

    [Fact]
    public void Core_knows_nothing_of_the_command_line()
    {
        using AssemblyDefinition core = AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, "LayerTool.Core.dll"));

        Assert.DoesNotContain(core.MainModule.AssemblyReferences, reference => reference.Name is "layertool" or "System.CommandLine" or "Spectre.Console");
    }

    // Folder → the other folders that its types name: in signatures, fields, bodies, attributes.
    private static Dictionary<string, HashSet<string>> ReadUses(string assembly)
    {
        using AssemblyDefinition definition = AssemblyDefinition.ReadAssembly(assembly);
        Dictionary<string, HashSet<string>> uses = [];
        foreach (TypeDefinition type in definition.MainModule.GetTypes())
        {
            if (FolderOf(type) is not string folder)
            {
                continue;
            }

            HashSet<string> used = uses.TryGetValue(folder, out HashSet<string>? known) ? known : uses[folder] = [];
            used.UnionWith(TypesOf(type).SelectMany(Parts).Select(FolderOf).OfType<string>().Where(other => other != folder));
        }

        return uses;
    }

    private static IEnumerable<TypeReference?> TypesOf(TypeDefinition type) =>
    [
        type.BaseType,
        .. type.Interfaces.Select(implemented => implemented.InterfaceType),
        .. type.Fields.Select(field => field.FieldType),
        .. type.Methods.SelectMany(TypesOf),
    ];

    private static IEnumerable<TypeReference?> TypesOf(MethodDefinition method) =>
    [
        method.ReturnType,
        .. method.Parameters.Select(parameter => parameter.ParameterType),
        .. method.HasBody ? method.Body.Variables.Select(variable => variable.VariableType) : [],
        .. method.HasBody ? method.Body.Instructions.SelectMany(TypesOf) : [],
    ];

    private static IEnumerable<TypeReference?> TypesOf(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        GenericInstanceMethod method => [method.DeclaringType, .. method.GenericArguments],
        MethodReference method => [method.DeclaringType],
        FieldReference field => [field.DeclaringType],
        _ => [],
    };

    // A type, and those that it is made of: elements of arrays, arguments of generics.
    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null => [],
        GenericInstanceType generic => [generic.ElementType, .. generic.GenericArguments.SelectMany(Parts)],
        TypeSpecification wrapped => Parts(wrapped.ElementType),
        _ => [type],
    };

    private static string? FolderOf(TypeReference type)
    {
        TypeReference outer = type;
        while (outer.DeclaringType is not null)
        {
            outer = outer.DeclaringType;
        }

        string[] parts = outer.Namespace.Split('.');
        return parts is [Root, string folder, ..] && (outer.Scope is ModuleDefinition || outer.Scope.Name.StartsWith(Root, StringComparison.Ordinal)) ? folder : null;
    }
}
