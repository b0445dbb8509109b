namespace LayerTool.Safetensors;

/// <summary>An element type of the safetensors format, by its name there.</summary>
/// <param name="Name">The name as the header writes it, such as <c>BF16</c>.</param>
/// <param name="Bits">Size of one element in bits; the format has types of 4 and 6 bits.</param>
public readonly record struct TensorDtype(string Name, int Bits)
{
    /// <summary>bfloat16.</summary>
    public static readonly TensorDtype BF16 = new("BF16", 16);

    /// <summary>IEEE half precision.</summary>
    public static readonly TensorDtype F16 = new("F16", 16);

    /// <summary>IEEE single precision.</summary>
    public static readonly TensorDtype F32 = new("F32", 32);

    /// <summary>IEEE double precision.</summary>
    public static readonly TensorDtype F64 = new("F64", 64);

    /// <summary>Signed 64-bit integer.</summary>
    public static readonly TensorDtype I64 = new("I64", 64);

    /// <summary>Every type of the format, in the order of the reference parser (narrowest first).</summary>
    public static IReadOnlyList<TensorDtype> All { get; } =
    [
        new("BOOL", 8), new("F4", 4), new("F6_E2M3", 6), new("F6_E3M2", 6), new("U8", 8), new("I8", 8),
        new("F8_E5M2", 8), new("F8_E4M3", 8), new("F8_E8M0", 8), new("F8_E4M3FNUZ", 8), new("F8_E5M2FNUZ", 8),
        new("I16", 16), new("U16", 16), F16, BF16, new("I32", 32), new("U32", 32), F32, new("C64", 64), F64, I64, new("U64", 64),
    ];

    /// <summary>The type of that name, or null where the format has none.</summary>
    public static TensorDtype? Find(string name)
    {
        foreach (TensorDtype dtype in All)
        {
            if (dtype.Name == name)
            {
                return dtype;
            }
        }

        return null;
    }

    /// <summary>Whether elements are numbers with a fraction, and not packed into less than a byte.</summary>
    public bool IsFloat => Name is "F16" or "BF16" or "F32" or "F64" || Name.StartsWith("F8_", StringComparison.Ordinal);

    /// <summary>Place in the order of <see cref="All"/>; the reference writer puts tensors of the highest first.</summary>
    public int Order
    {
        get
        {
            for (int place = 0; place < All.Count; place++)
            {
                if (All[place].Name == Name)
                {
                    return place;
                }
            }

            return -1;
        }
    }

    /// <summary>Bytes of a tensor of this type.</summary>
    /// <param name="shape">Dimensions, none negative.</param>
    /// <exception cref="OverflowException">More than <see cref="long.MaxValue"/> bits.</exception>
    /// <exception cref="ArgumentException">Elements of less than a byte do not end at a whole byte.</exception>
    public long ByteCount(IReadOnlyList<long> shape)
    {
        long bits = 1;
        foreach (long size in shape)
        {
            bits = checked(bits * size);
        }

        bits = checked(bits * Bits);
        return bits % 8 == 0 ? bits / 8 : throw new ArgumentException($"{bits} bits are no whole number of bytes.", nameof(shape));
    }

    /// <inheritdoc />
    public override string ToString() => Name;
}
