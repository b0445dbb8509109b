using System.Buffers.Binary;
using LayerTool.Safetensors;
using LayerTool.Saving;
using Xunit;

namespace LayerTool.Tests.Saving;

public sealed class TensorScalingTests
{
    [Theory]
    [InlineData(0x3F80_8000u, 0x3F80)] // half way: to the even one below
    [InlineData(0x3F81_8000u, 0x3F82)] // half way: to the even one above
    [InlineData(0x3F80_8001u, 0x3F81)] // just above half way
    [InlineData(0x7F80_0000u, 0x7F80)] // infinity
    [InlineData(0x8000_0000u, 0x8000)] // −0
    public void A_float32_becomes_the_nearest_bfloat16(uint bits, int expected)
    {
        byte[] target = new byte[2];

        TensorScaling.Apply(BitConverter.GetBytes(bits), TensorDtype.F32, target, TensorDtype.BF16, 1);

        Assert.Equal(expected, BinaryPrimitives.ReadUInt16LittleEndian(target));
    }

    [Fact]
    public void NaN_stays_NaN()
    {
        byte[] target = new byte[2];

        TensorScaling.Apply(BitConverter.GetBytes(0x7F80_0001u), TensorDtype.F32, target, TensorDtype.BF16, 1);

        Assert.True(float.IsNaN(BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(target) << 16)));
    }

    [Fact]
    public void Every_bfloat16_times_one_is_itself()
    {
        byte[] values = [.. Enumerable.Range(0, 65536).Where(bits => (bits & 0x7F80) != 0x7F80).SelectMany(bits => BitConverter.GetBytes((ushort)bits))];
        byte[] target = new byte[values.Length];

        Assert.Equal(-1, TensorScaling.Apply(values, TensorDtype.BF16, target, TensorDtype.BF16, 1));
        Assert.Equal(values, target);
    }

    [Fact]
    public void A_product_is_rounded_once()
    {
        byte[] source = BitConverter.GetBytes((ushort)0x3F81); // 1.0078125
        byte[] target = new byte[2];

        TensorScaling.Apply(source, TensorDtype.BF16, target, TensorDtype.BF16, 0.7f);

        float exact = 1.0078125f * 0.7f;
        float written = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(target) << 16);
        Assert.InRange(Math.Abs(written - exact), 0, 1f / 512); // half a step between 0.5 and 1
        Assert.NotEqual(0x3F81, BinaryPrimitives.ReadUInt16LittleEndian(target));
    }

    [Fact]
    public void A_value_that_does_not_fit_the_type_is_told()
    {
        byte[] values = [.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(70000f), .. BitConverter.GetBytes(float.PositiveInfinity)];

        Assert.Equal(1, TensorScaling.Apply(values, TensorDtype.F32, new byte[6], TensorDtype.F16, 1));
        Assert.Equal(-1, TensorScaling.Apply(values, TensorDtype.F32, new byte[6], TensorDtype.BF16, 1));
    }
}
