"""Writes classes.txt, lower-case.txt and normal-forms.txt out of the reference lists in shared/golden/tokenizers/unicode.

    python3 make_tables.py ../../../../../shared/golden/tokenizers/unicode

The lists say what the reference tokenizer library takes for a letter, a digit, a normal form, code point by code point; its
tables are of several Unicode versions, none of them .NET's. They do not hold the values of the combining classes (only which
are above 1): those come from Python's unicodedata, and never change once a character is assigned.
"""
import json
import pathlib
import sys
import unicodedata

CLASSES = {
    "L": r"regex \p{L}", "Lu": r"regex \p{Lu}", "Ll": r"regex \p{Ll}", "Lt": r"regex \p{Lt}", "Lm": r"regex \p{Lm}",
    "Lo": r"regex \p{Lo}", "M": r"regex \p{M}", "N": r"regex \p{N}", "P": r"regex \p{P}", "S": r"regex \p{S}",
    "space": r"regex \s", "digit": r"regex \d", "word": r"regex \w", "numeric": "Digits", "plain-word": r"Whitespace (\w)",
    "punctuation": "Punctuation", "accent": "StripAccents removes", "bert-removed": "BertNormalizer clean_text removes",
    "bert-space": "BertNormalizer clean_text makes a space", "bert-chinese": "BertNormalizer handle_chinese_chars surrounds",
}


def main(folder: pathlib.Path) -> None:
    out = pathlib.Path(__file__).parent
    classes = json.loads((folder / "classes.json").read_text())["classes"]
    lines = ["# Character classes of the reference tokenizer library: name, then ranges of code points. Made by make_tables.py."]
    for name, source in CLASSES.items():
        lines.append(" ".join([name] + [f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in classes[source]]))
    maps = json.loads((folder / "mappings.json").read_text())["mappings"]
    gone = [int(key, 16) for key, value in maps["BertNormalizer lowercase and strip accents"].items() if value == ""]
    lines.append(" ".join(["bert-accent"] + ranges(sorted(gone))))
    (out / "classes.txt").write_text("\n".join(lines) + "\n")

    lines = ["# Lower case of the reference tokenizer library, a character by itself: POINT TO... Made by make_tables.py."]
    for key, value in sorted(maps["Lowercase"].items(), key=lambda item: int(item[0], 16)):
        lines.append(" ".join([f"{int(key, 16):X}"] + [f"{ord(c):X}" for c in value]))
    (out / "lower-case.txt").write_text("\n".join(lines) + "\n")

    combining = next(value for key, value in json.loads((folder / "combining.json").read_text()).items() if key.startswith("combining"))
    nfd, nfc, nfkd = maps["NFD"], maps["NFC"], maps["NFKD"]
    above_one = {point for first, last in combining for point in range(first, last + 1)}
    lines = [
        "# Normal forms of the reference tokenizer library. Made by make_tables.py.",
        "# c CLASS POINT-RANGE...: combining class; d POINT TO...: canonical decomposition, in full (x: never composed again);",
        "# k POINT TO...: compatibility decomposition, in full, where it differs. Hangul syllables are computed.",
    ]
    by_class = {}
    for point in range(0x110000):
        value = unicodedata.combining(chr(point))
        if point in above_one:
            assert value > 1, hex(point)
            by_class.setdefault(value, []).append(point)
        elif value == 1:  # last given in Unicode 7, so every table has them
            by_class.setdefault(1, []).append(point)
    for value, points in sorted(by_class.items()):
        lines.append(" ".join(["c", str(value)] + ranges(points)))
    for key in sorted(nfd, key=lambda k: int(k, 16)):
        lines.append(" ".join(["x" if key in nfc else "d", f"{int(key, 16):X}"] + [f"{ord(c):X}" for c in nfd[key]]))
    for key in sorted(nfkd, key=lambda k: int(k, 16)):
        if nfkd[key] != nfd.get(key):
            lines.append(" ".join(["k", f"{int(key, 16):X}"] + [f"{ord(c):X}" for c in nfkd[key]]))
    (out / "normal-forms.txt").write_text("\n".join(lines) + "\n")


def ranges(points: list[int]) -> list[str]:
    found = []
    for point in points:
        if found and found[-1][1] == point - 1:
            found[-1][1] = point
        else:
            found.append([point, point])
    return [f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in found]


main(pathlib.Path(sys.argv[1]))
