"""Writes the reference of this folder: a tiny random Persimmon, another one to take layers from, and what they compute.

Plain Python, one row and one number at a time, by the formulas of README.md; no other program's code or output is used.
Run it here: `python3 make.py`. The same numbers come again.
"""

import json
import math
import random
import struct

VOCABULARY, HIDDEN, LAYERS, HEADS, INNER = 67, 24, 5, 3, 40
WIDTH = HIDDEN // HEADS
TURNED = WIDTH // 2  # partial_rotary_factor 0.5
THETA, EPSILON = 25000.0, 1e-5

CONFIG = {
    "architectures": ["PersimmonForCausalLM"], "model_type": "persimmon", "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0,
    "hidden_size": HIDDEN, "intermediate_size": INNER, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "vocab_size": VOCABULARY,
    "hidden_act": "relu2", "layer_norm_eps": EPSILON, "max_position_embeddings": 128, "qk_layernorm": True, "tie_word_embeddings": False,
    "partial_rotary_factor": 0.5, "rope_theta": THETA, "torch_dtype": "bfloat16",
}

PLANS = {
    "remove-1": "0,2-4", "remove-last": "0-3", "repeat-1-2": "0,(1-2)x2,3-4", "reverse": "4-0", "attn-off-0": "0.mlp,1-4", "attn-off-2": "0-1,2.mlp,3-4",
    "mlp-off-1": "0,1.attn,2-4", "parallel-1-2": "0,[1|2],3-4", "restore-1-2": "0,donor:1-2,3-4",
}


# Numbers

def rounded(x):
    """The nearest bfloat16, ties to even."""
    bits = struct.unpack("<I", struct.pack("<f", x))[0]
    bits = (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000
    return struct.unpack("<f", struct.pack("<I", bits))[0]


def drawn(draw, *shape, scale=1.0, middle=0.0):
    if len(shape) == 1:
        return [rounded(middle + scale * draw.gauss(0, 1)) for _ in range(shape[0])]
    return [drawn(draw, *shape[1:], scale=scale, middle=middle) for _ in range(shape[0])]


def linear(weight, bias, x):
    return [sum(w * v for w, v in zip(row, x)) + (bias[i] if bias else 0.0) for i, row in enumerate(weight)]


def norm(weights, name, x):
    mean = sum(x) / len(x)
    scale = 1 / math.sqrt(sum((v - mean) ** 2 for v in x) / len(x) + EPSILON)
    return [(v - mean) * scale * w + b for v, w, b in zip(x, weights[name + ".weight"], weights[name + ".bias"])]


def added(*states):
    return [[sum(values) for values in zip(*rows)] for rows in zip(*states)]


# The model

def make(seed):
    draw = random.Random(seed)
    weights = {"model.embed_tokens.weight": drawn(draw, VOCABULARY, HIDDEN)}

    def dense(name, out, into, scale=1.0):
        weights[name + ".weight"] = drawn(draw, out, into, scale=scale / math.sqrt(into))
        weights[name + ".bias"] = drawn(draw, out, scale=0.2)

    def layer_norm(name, width):
        weights[name + ".weight"] = drawn(draw, width, scale=0.3, middle=1.0)
        weights[name + ".bias"] = drawn(draw, width, scale=0.2)

    for layer in range(LAYERS):
        prefix = f"model.layers.{layer}."
        layer_norm(prefix + "input_layernorm", HIDDEN)
        dense(prefix + "self_attn.query_key_value", 3 * HIDDEN, HIDDEN)
        layer_norm(prefix + "self_attn.q_layernorm", WIDTH)
        layer_norm(prefix + "self_attn.k_layernorm", WIDTH)
        dense(prefix + "self_attn.dense", HIDDEN, HIDDEN, scale=1.5)
        layer_norm(prefix + "post_attention_layernorm", HIDDEN)
        dense(prefix + "mlp.dense_h_to_4h", INNER, HIDDEN)
        dense(prefix + "mlp.dense_4h_to_h", HIDDEN, INNER)
    layer_norm("model.final_layernorm", HIDDEN)
    weights["lm_head.weight"] = drawn(draw, VOCABULARY, HIDDEN, scale=1.0 / math.sqrt(HIDDEN))
    return weights


def turned(head, position):
    half = TURNED // 2
    out = list(head)
    for i in range(half):
        angle = position * THETA ** (-2.0 * i / TURNED)
        a, b = head[i], head[i + half]
        out[i] = a * math.cos(angle) - b * math.sin(angle)
        out[i + half] = b * math.cos(angle) + a * math.sin(angle)
    return out


def attention(weights, prefix, states):
    queries, keys, values = [], [], []
    for position, x in enumerate(states):
        fused = linear(weights[prefix + "query_key_value.weight"], weights[prefix + "query_key_value.bias"], x)
        cut = [[fused[(3 * head + part) * WIDTH:(3 * head + part + 1) * WIDTH] for part in range(3)] for head in range(HEADS)]
        queries.append([turned(norm(weights, prefix + "q_layernorm", q), position) for q, _, _ in cut])
        keys.append([turned(norm(weights, prefix + "k_layernorm", k), position) for _, k, _ in cut])
        values.append([v for _, _, v in cut])
    out = []
    for t in range(len(states)):
        mixed = []
        for head in range(HEADS):
            scores = [sum(a * b for a, b in zip(queries[t][head], keys[s][head])) / math.sqrt(WIDTH) for s in range(t + 1)]
            top = max(scores)
            shares = [math.exp(score - top) for score in scores]
            whole = sum(shares)
            mixed += [sum(share * values[s][head][i] for s, share in enumerate(shares)) / whole for i in range(WIDTH)]
        out.append(linear(weights[prefix + "dense.weight"], weights[prefix + "dense.bias"], mixed))
    return out


def mlp(weights, prefix, states):
    out = []
    for x in states:
        inner = linear(weights[prefix + "dense_h_to_4h.weight"], weights[prefix + "dense_h_to_4h.bias"], x)
        out.append(linear(weights[prefix + "dense_4h_to_h.weight"], weights[prefix + "dense_4h_to_h.bias"], [max(v, 0.0) ** 2 for v in inner]))
    return out


def play(weights, layer, states, part, seen=None):
    prefix = f"model.layers.{layer}."
    if part != "mlp":
        result = attention(weights, prefix + "self_attn.", [norm(weights, prefix + "input_layernorm", x) for x in states])
        states = added(states, result)
        if seen is not None:
            seen[f"attn.{layer}"] = result
    if part != "attn":
        result = mlp(weights, prefix + "mlp.", [norm(weights, prefix + "post_attention_layernorm", x) for x in states])
        states = added(states, result)
        if seen is not None:
            seen[f"mlp.{layer}"] = result
            seen[f"layer.{layer}"] = states
    return states


def stages(plan):
    """The plans above, and no others: (source, layer, part) in a row, a list of these where they stand side by side."""
    out = []
    for stage in plan.split(","):
        if stage.startswith("["):
            out.append([("main", int(layer), "") for layer in stage[1:-1].split("|")])
            continue
        source, _, rest = stage.rpartition(":")
        times = int(rest.split("x")[1]) if "x" in rest else 1
        rest, _, part = rest.split("x")[0].strip("()").partition(".")
        first, _, last = rest.partition("-")
        first, last = int(first), int(last or first)
        layers = range(first, last + 1) if first <= last else range(first, last - 1, -1)
        out += [(source or "main", layer, part) for _ in range(times) for layer in layers]
    return out


def run(sources, plan, ids, seen=None):
    main = sources["main"]
    states = [list(main["model.embed_tokens.weight"][token]) for token in ids]
    if seen is not None:
        seen["embed"] = states
    for stage in stages(plan):
        if isinstance(stage, list):
            sums = states
            for source, layer, part in stage:
                played = play(sources[source], layer, states, part)
                sums = added(sums, [[b - a for a, b in zip(x, y)] for x, y in zip(states, played)])
            states = sums
        else:
            source, layer, part = stage
            states = play(sources[source], layer, states, part, seen if source == "main" else None)
    return [linear(main["lm_head.weight"], None, norm(main, "model.final_layernorm", x)) for x in states]


def greedy(sources, plan, ids, count):
    ids, new = list(ids), []
    for _ in range(count):
        logits = run(sources, plan, ids)[-1]
        token = logits.index(max(logits))
        ids.append(token)
        new.append(token)
    return new


# Files

def flat(values):
    return [leaf for value in values for leaf in flat(value)] if isinstance(values[0], list) else values


def shape_of(values):
    return [len(values)] + (shape_of(values[0]) if isinstance(values[0], list) else [])


def save(path, tensors):
    """tensors: name → (type, nested lists)."""
    header, body = {"__metadata__": {"format": "pt"}}, b""
    for name, (dtype, values) in tensors.items():
        leaves = flat(values)
        data = {
            "BF16": lambda: b"".join(struct.pack("<f", v)[2:] for v in leaves),
            "F32": lambda: struct.pack(f"<{len(leaves)}f", *leaves),
            "I64": lambda: struct.pack(f"<{len(leaves)}q", *leaves),
        }[dtype]()
        header[name] = {"dtype": dtype, "shape": shape_of(values), "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)


def write_checkpoint(folder, weights):
    save(folder + "model.safetensors", {name: ("BF16", values) for name, values in weights.items()})
    with open(folder + "config.json", "w", encoding="utf-8") as file:
        file.write(json.dumps(CONFIG, indent=2) + "\n")


def main():
    sources = {"main": make(1), "donor": make(2)}
    draw = random.Random(3)
    ids = [1] + [draw.randrange(3, VOCABULARY) for _ in range(12)]
    short = [1] + [draw.randrange(3, VOCABULARY) for _ in range(8)]
    whole, pads = f"0-{LAYERS - 1}", [0] * (len(ids) - len(short))
    seen = {}
    logits = run(sources, whole, ids, seen)
    short_logits = run(sources, whole, short)
    nothing = [[0.0] * VOCABULARY for _ in pads]
    tensors = {
        "ids": ("I64", [ids]),
        "ids.right": ("I64", [ids, short + pads]), "mask.right": ("I64", [[1] * len(ids), [1] * len(short) + pads]),
        "ids.left": ("I64", [ids, pads + short]), "mask.left": ("I64", [[1] * len(ids), pads + [1] * len(short)]),
        "logits": ("F32", [logits]), "logits.right": ("F32", [logits, short_logits + nothing]), "logits.left": ("F32", [logits, nothing + short_logits]),
    }
    tensors |= {name: ("F32", [values]) for name, values in seen.items()}
    tensors |= {f"case.{name}": ("F32", [run(sources, plan, ids)]) for name, plan in PLANS.items()}
    numbers = flat(logits)
    mean = sum(numbers) / len(numbers)
    about = {
        "family": "persimmon", "model_type": "persimmon", "layers": LAYERS, "computed_in": "float32", "stored_as": "bfloat16",
        "cases": {name: f"plan {plan}" for name, plan in PLANS.items()}, "plans": PLANS, "failed": {},
        "greedy_left": [greedy(sources, whole, ids, 12), greedy(sources, whole, short, 12)],
        "greedy_one_row_uncached": greedy(sources, whole, ids, 8),
        "greedy_edited": {name: greedy(sources, PLANS[name], ids, 8) for name in ("attn-off-2", "repeat-1-2", "remove-1")},
        "spread": round(math.sqrt(sum((v - mean) ** 2 for v in numbers) / len(numbers)), 3),
    }
    write_checkpoint("", sources["main"])
    write_checkpoint("donor/", sources["donor"])
    save("expected.safetensors", tensors)
    with open("expected.json", "w", encoding="utf-8") as file:
        file.write(json.dumps(about, indent=2) + "\n")


if __name__ == "__main__":
    main()
