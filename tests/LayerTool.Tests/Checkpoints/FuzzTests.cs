using System.Text;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Safetensors;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Checkpoints;

/// <summary>Damaged files may give a fault that says so, or be read; nothing else may come out. A failure names its seed.</summary>
public sealed class FuzzTests : IDisposable
{
    private const int Cases = 700;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_damaged_safetensors_file_gives_a_fault_or_is_read()
    {
        byte[] sound = File.ReadAllBytes(TinySafetensors.Write(_folder.File("sound"), [("model.layers.0.a", [2, 3]), ("model.layers.1.a", [2, 3]), ("embed", [4]), ("empty", [0])]));
        string file = _folder.File("m.safetensors");

        int refused = Run(seed =>
        {
            File.WriteAllBytes(file, Damage(sound, new Random(seed)));
            SafetensorsHeader header = SafetensorsHeader.Read(file);
            using TensorReader reader = new([header]);
            foreach (TensorEntry tensor in header.Tensors)
            {
                Assert.Equal(tensor.ByteCount, reader.ReadAll(tensor).Length);
            }
        });

        Assert.InRange(refused, Cases / 2, Cases);
    }

    [Fact]
    public void A_damaged_index_gives_a_fault_or_is_read()
    {
        _folder.Write("config.json", "{}");
        TinySafetensors.Write(_folder.File("one.safetensors"), [("model.layers.0.a", [2])]);
        TinySafetensors.Write(_folder.File("two.safetensors"), [("model.layers.1.a", [2])]);
        byte[] sound = """{"metadata":{"total_size":16},"weight_map":{"model.layers.0.a":"one.safetensors","model.layers.1.a":"two.safetensors"}}"""u8.ToArray();

        int refused = Run(seed =>
        {
            File.WriteAllBytes(_folder.File("model.safetensors.index.json"), Damage(sound, new Random(seed)));
            Assert.InRange(Checkpoint.Open(_folder.Path).Layers.Count, 0, 2);
        });

        Assert.InRange(refused, Cases / 2, Cases);
    }

    [Fact]
    public void A_damaged_config_gives_a_fault_or_is_read()
    {
        byte[] sound = File.ReadAllBytes(SharedFiles.Find("golden/models/llama-rope-llama3/config.json"));
        File.Copy(SharedFiles.Find("golden/models/llama-rope-llama3/model.safetensors"), _folder.File("model.safetensors"));

        int refused = Run(seed =>
        {
            File.WriteAllBytes(_folder.File("config.json"), Damage(sound, new Random(seed)));
            Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
            Inspection.Of(checkpoint);
            TensorCheck.Require(checkpoint);
        });

        Assert.InRange(refused, Cases / 4, Cases);
    }

    private static int Run(Action<int> attempt)
    {
        int refused = 0;
        for (int seed = 0; seed < Cases; seed++)
        {
            try
            {
                attempt(seed);
            }
            catch (LayerToolException)
            {
                refused++;
            }
            catch (Exception bug)
            {
                throw new InvalidOperationException($"Seed {seed} gave {bug.GetType().Name}.", bug);
            }
        }

        return refused;
    }

    /// <summary>One to three of: bytes changed, a digit changed, a piece cut out, doubled or put in, the end cut off.</summary>
    private static byte[] Damage(byte[] sound, Random random)
    {
        List<byte> bytes = [.. sound];
        for (int times = random.Next(1, 4); times > 0 && bytes.Count > 0; times--)
        {
            int at = random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 12), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, length); break;
                case 2: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                case 3: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)])); break;
                case 4: bytes.RemoveRange(at, bytes.Count - at); break;
                case 5: bytes[random.Next(Math.Min(8, bytes.Count))] = (byte)random.Next(256); break;
                default:
                    int digit = bytes.FindIndex(at, letter => letter is >= (byte)'0' and <= (byte)'9');
                    if (digit >= 0)
                    {
                        bytes.InsertRange(digit, Encoding.UTF8.GetBytes(Numbers[random.Next(Numbers.Length)]));
                    }

                    break;
            }
        }

        return [.. bytes];
    }

    private static readonly string[] Pieces = ["\"", "{", "}", "[", "]", ",", "null", "\\ud800", "\\u0000", "../", "{\"a\":", "\ufeff", "true", "[[[[[[[[[["];

    private static readonly string[] Numbers = ["9", "-", "0.", "1e", "99999999999999999999", "9223372036854775807", "1e308"];
}
