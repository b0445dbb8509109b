using System.Numerics;
using LayerTool.Tokenization.Templates.Values;

namespace LayerTool.Tokenization.Templates.Running;

/// <summary>What may stand behind <c>is</c>.</summary>
internal static class Tests
{
    private static readonly Dictionary<string, Func<object?, Arguments, bool>> Table = new(StringComparer.Ordinal)
    {
        ["boolean"] = (value, _) => value is bool,
        ["callable"] = (value, _) => value is FunctionValue or LoopValue or Undefined,
        ["defined"] = (value, _) => value is not Undefined,
        ["divisibleby"] = (value, given) => !PythonOperators.IsTrue(Numbers.Calculate("%", value, given.Require(0, "num"))),
        ["eq"] = (value, given) => PythonOperators.AreEqual(value, given.Require(0, "other")),
        ["escaped"] = (_, _) => false,
        ["even"] = (value, _) => Modulo2(value) == 0,
        ["false"] = (value, _) => value is false,
        ["filter"] = (value, _) => value is string name && Filters.Has(name),
        ["float"] = (value, _) => value is double,
        ["ge"] = (value, given) => PythonOperators.Order(value, given.Require(0, "other"), ">=") >= 0,
        ["gt"] = (value, given) => PythonOperators.Order(value, given.Require(0, "other"), ">") > 0,
        ["in"] = (value, given) => PythonOperators.Contains(given.Require(0, "seq"), value),
        ["integer"] = (value, _) => value is BigInteger,
        ["iterable"] = (value, _) => PythonOperators.IsIterable(value),
        ["le"] = (value, given) => PythonOperators.Order(value, given.Require(0, "other"), "<=") <= 0,
        ["lower"] = (value, _) => TextCase.IsLower(PythonPrinter.Str(value)),
        ["lt"] = (value, given) => PythonOperators.Order(value, given.Require(0, "other"), "<") < 0,
        ["mapping"] = (value, _) => value is DictValue,
        ["ne"] = (value, given) => !PythonOperators.AreEqual(value, given.Require(0, "other")),
        ["none"] = (value, _) => value is null,
        ["number"] = (value, _) => Numbers.IsNumber(value),
        ["odd"] = (value, _) => Modulo2(value) == 1,
        ["sameas"] = (value, given) => AreSame(value, given.Require(0, "other")),
        ["sequence"] = (value, _) => value is string or List<object?> or TupleValue or DictValue or Undefined,
        ["string"] = (value, _) => value is string,
        ["test"] = (value, _) => value is string name && Find(name) is not null,
        ["true"] = (value, _) => value is true,
        ["undefined"] = (value, _) => value is Undefined,
        ["upper"] = (value, _) => TextCase.IsUpper(PythonPrinter.Str(value)),
    };

    private static readonly Dictionary<string, string> OtherNames = new(StringComparer.Ordinal)
    {
        ["=="] = "eq", ["equalto"] = "eq", ["!="] = "ne", ["<"] = "lt", ["lessthan"] = "lt", ["<="] = "le", [">"] = "gt", ["greaterthan"] = "gt", [">="] = "ge",
    };

    public static bool Apply(string name, object? value, Arguments arguments) =>
        (Find(name) ?? throw new TemplateFault("TemplateAssertionError", $"No test named '{name}'."))(value, arguments);

    private static Func<object?, Arguments, bool>? Find(string name) => Table.GetValueOrDefault(OtherNames.GetValueOrDefault(name, name));

    private static double Modulo2(object? value) => Numbers.IsNumber(value) && Numbers.TryDouble(Numbers.Calculate("%", value, (BigInteger)2), out double rest)
        ? rest
        : throw new TemplateFault("TypeError", $"unsupported operand type(s) for %: '{PythonType.Of(value)}' and 'int'");

    // Equal small values are one object in Python.
    private static bool AreSame(object? left, object? right) => ReferenceEquals(left, right)
        || (left is bool or string && right is bool or string && left.Equals(right))
        || (left is BigInteger a && right is BigInteger b && a == b);
}
