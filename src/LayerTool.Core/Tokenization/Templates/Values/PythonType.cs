using System.Numerics;

namespace LayerTool.Tokenization.Templates.Values;

/// <summary>The names of Python's types, for messages.</summary>
internal static class PythonType
{
    public static string Of(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        BigInteger => "int",
        double => "float",
        string => "str",
        List<object?> => "list",
        TupleValue => "tuple",
        DictValue => "dict",
        BytesValue => "bytes",
        Undefined => "Undefined",
        NamespaceValue => "Namespace",
        FunctionValue => "function",
        IAttributes other => other.TypeName,
        _ => throw new InvalidOperationException($"No Python type for {value.GetType().Name}."),
    };
}
