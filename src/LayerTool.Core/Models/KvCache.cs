using LayerTool.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>
/// Keys and values of the tokens seen so far, by slot: two passes through one layer see different states, so each has its own.
/// Slots without attention have none; mixers with a state keep that instead. The length is the cache's, not a slot's, so that it
/// advances without any attention too.
/// </summary>
/// <param name="expectedLength">Positions that it is going to hold: memory for them is asked for at once and taken at once.</param>
public sealed class KvCache(int expectedLength = 0) : IDisposable
{
    private readonly Dictionary<int, SlotEntry> _slots = [];
    private readonly Dictionary<(int Slot, string Name), Tensor> _states = [];
    private Tensor? _mask;
    private KvCache? _beginning;

    /// <summary>Number of positions held, padding included.</summary>
    public int Length { get; private set; }

    /// <summary>Positions that memory is asked for.</summary>
    internal int ExpectedLength => expectedLength;

    /// <summary>Number of slots that hold keys and values.</summary>
    public int SlotCount => _slots.Count;

    /// <summary>Bytes of keys, values and states in use (not the reserve for growth).</summary>
    public long Bytes => _slots.Values.Sum(entry => entry.UsedBytes(Length)) + _states.Values.Sum(state => state.numel() * state.ElementSize);

    /// <summary>Which positions hold real tokens: [B, Length], or null where all do.</summary>
    internal Tensor? Mask => _mask?.alias();

    /// <summary>
    /// A cache for rows that all begin with what this one holds for a single row: they read it, and keep nothing of their own. It
    /// must not outlive this one.
    /// </summary>
    internal KvCache Branch() => new() { _beginning = this, Length = Length };

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (SlotEntry entry in _slots.Values)
        {
            entry.Dispose();
        }

        foreach (Tensor state in _states.Values)
        {
            state.Dispose();
        }

        _slots.Clear();
        _states.Clear();
        _mask?.Dispose();
        _mask = null;
        Length = 0;
    }

    /// <summary>
    /// Makes room for the keys and values of a slot's new tokens. Asked for before states are made, so that they do not lie scattered
    /// among these and keep the holes between open.
    /// </summary>
    /// <param name="slot">Number of the slot.</param>
    /// <param name="shape">What its layer keeps of a token.</param>
    /// <param name="rows">B.</param>
    /// <param name="count">T.</param>
    /// <param name="dtype">The compute type.</param>
    /// <param name="device">Where the slot runs.</param>
    internal void Reserve(int slot, CacheShape shape, long rows, long count, ScalarType dtype, Device device)
    {
        if (_beginning is null)
        {
            Entry(slot).Reserve(shape, rows, Length, Length + count, dtype, device);
        }
    }

    /// <summary>Adds the keys and values of new tokens and gives back all of that slot.</summary>
    /// <param name="slot">Number of the slot.</param>
    /// <param name="key">[B, KV heads, T, head dim].</param>
    /// <param name="value">[B, KV heads, T, value width].</param>
    /// <returns>Views of [B, KV heads, Length + T, width], in the caller's scope.</returns>
    internal (Tensor Key, Tensor Value) Append(int slot, Tensor key, Tensor value)
    {
        if (_beginning is not null)
        {
            return _beginning._slots[slot].Joined(key, value, Length);
        }

        return Entry(slot).Append(key, value, Length);
    }

    /// <summary>A state of a slot as it was behind the last token, borrowed; null before the first.</summary>
    /// <param name="slot">Number of the slot.</param>
    /// <param name="name">Which of the slot's states.</param>
    internal Tensor? FindState(int slot, string name) => _states.GetValueOrDefault((slot, name));

    /// <summary>Keeps a copy of a slot's state in the place of the old one.</summary>
    internal void KeepState(int slot, string name, Tensor state)
    {
        if (_states.Remove((slot, name), out Tensor? old))
        {
            old.Dispose();
        }

        _states.Add((slot, name), state.detach().clone().DetachFromDisposeScope());
    }

    /// <summary>Counts the new tokens in, once all slots have seen them.</summary>
    /// <param name="count">Number of positions.</param>
    /// <param name="mask">[B, Length + count] after them, or null where all are real.</param>
    internal void Advance(int count, Tensor? mask)
    {
        Length += count;
        _mask?.Dispose();
        _mask = mask?.alias().DetachFromDisposeScope();
    }

    private SlotEntry Entry(int slot)
    {
        if (!_slots.TryGetValue(slot, out SlotEntry? entry))
        {
            entry = new SlotEntry(expectedLength);
            _slots.Add(slot, entry);
        }

        return entry;
    }

    private sealed class SlotEntry(int expectedLength) : IDisposable
    {
        private Tensor? _key;
        private Tensor? _value;

        public long UsedBytes(int length) =>
            _key is null || _value is null ? 0 : _key.size(0) * _key.size(1) * length * (_key.size(3) + _value.size(3)) * _key.ElementSize;

        public (Tensor Key, Tensor Value) Append(Tensor key, Tensor value, int length)
        {
            long count = key.size(2);
            Reserve(new CacheShape((int)key.size(1), (int)key.size(3), (int)value.size(3)), key.size(0), length, length + count, key.dtype, key.device);
            using (DisposeScope scope = NewDisposeScope())
            {
                _key!.narrow(2, length, count).copy_(key);
                _value!.narrow(2, length, count).copy_(value);
            }

            return (_key!.narrow(2, 0, length + count), _value!.narrow(2, 0, length + count));
        }

        // In the caller's scope, and nothing of it is kept.
        public (Tensor Key, Tensor Value) Joined(Tensor key, Tensor value, int length) =>
            (Extended(_key!, key, length), Extended(_value!, value, length));

        private static Tensor Extended(Tensor held, Tensor added, int length)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor beginning = held.narrow(2, 0, length).expand(added.size(0), held.size(1), length, held.size(3));
            return cat([beginning, added], 2).MoveToOuterDisposeScope();
        }

        public void Dispose()
        {
            _key?.Dispose();
            _value?.Dispose();
        }

        public void Reserve(CacheShape shape, long rows, int used, long needed, ScalarType dtype, Device device)
        {
            if (_key is not null && _key.size(2) >= needed)
            {
                return;
            }

            using DisposeScope scope = NewDisposeScope();
            long capacity = needed <= expectedLength ? expectedLength : Math.Max(needed + 64, 2L * used);
            _key = Grown(_key, empty([rows, shape.Heads, capacity, shape.KeyWidth], dtype: dtype, device: device), used);
            _value = Grown(_value, empty([rows, shape.Heads, capacity, shape.ValueWidth], dtype: dtype, device: device), used);
        }

        private static Tensor Grown(Tensor? old, Tensor grown, int used)
        {
            if (old is not null)
            {
                grown.narrow(2, 0, used).copy_(old.narrow(2, 0, used));
                old.Dispose();
            }

            return grown.DetachFromDisposeScope();
        }
    }
}
