"""Inputs gone wrong: what a slip of the hand, a broken disk or ill will makes of a sound one."""

from __future__ import annotations

import copy
import json

from hypothesis import strategies as st

# Signs that mean something somewhere: to YAML, Markdown, CSV, JSON, HTML, Typst, shells, terminals, file systems.
TOKENS = [
    *'"\'`\\[](){}<>|#*_~^$@&!:;,=+-%/?\t\n\r\0',
    "---\n", ":::\n", "::: {.a}\n", "```\n", "```{python}\n", "$$", "{{<", ">}}", "{{< include a.qmd >}}\n", "{{< meta a >}}",
    "{{< embed a.ipynb >}}\n", "{{< var a.b >}}", "#| label: fig-a\n", "#| layout-ncol: 1e8\n", "{#fig-a}", "{#a}", "@fig-a", "[^1]", "![](",
    "[@a; @b]", "<style>", "<script>", "</div>", "<table><tr>", "&#0;", "&a [*a]", "*a", "<<: 1", "!!binary x", "? [a]", "- ", "{}", "[]", "null",
    "true", "1e999", "-1", "0", "9" * 400, ".nan", "2026-02-30", "99999-13-99", "2026-13", "..", "../../etc/passwd", "/etc/passwd", "%00", "%2e%2e/",
    "a" * 300, "\u202e", "\u009b31m", "\x1b]0;x\x07", "\ufeff", "\u2028", "\ud800", "é", "中", "🅰", "=1+1", "<<<<<<< a\n", "=======\n",
    ">>>>>>> b\n", "[" * 60, "> " * 60, "![" * 20, "`" * 40, "|" * 40, "\n\n", " " * 200,
]  # fmt: skip
VALUES = [
    *(
        None,
        True,
        False,
        0,
        -1,
        1e400,
        2**70,
        0.5,
        "",
        "a",
        "\0",
        "\ud800",
        "../../x",
        "/etc/passwd",
        "%00",
        "a" * 300,
    ),
    *(
        [],
        {},
        [[]],
        [None],
        [1],
        ["a"],
        {"a": None},
        {"a": {"b": []}},
        [[[[[[]]]]]],
        "2026-02-30",
        ["a", {"b": 1}],
        {"": ""},
    ),
]


@st.composite
def mutate_text(draw, seeds):
    """A text of ``seeds`` with one to four changes, as bytes: the writer need not know UTF-8."""
    text = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        to = min(len(text), at + draw(st.sampled_from([0, 1, 2, 5, 20, 200])))
        kind = draw(st.sampled_from(["put", "put", "cut", "twice", "move", "many"]))
        if kind == "put":
            text = text[:at] + draw(st.sampled_from(TOKENS)) + text[to:]
        elif kind == "cut":
            text = text[:at] + text[to:]
        elif kind == "twice":
            text = text[:to] + text[at:]
        elif kind == "move":
            there = draw(st.integers(0, len(text)))
            part, rest = text[at:to], text[:at] + text[to:]
            text = rest[:there] + part + rest[there:]
        else:
            text = text[:at] + draw(st.sampled_from(TOKENS)) * 30 + text[at:]
    body = text.encode("utf-8", "surrogatepass")
    if draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(0, len(body)))
        body = body[:at] + draw(st.binary(min_size=1, max_size=4)) + body[at:]
    return body


@st.composite
def mutate_json(draw, seeds):
    """A JSON text of ``seeds`` in which one to three values are of another kind, or gone."""
    content = copy.deepcopy(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(content))
        if not places:
            break
        holder, key = draw(st.sampled_from(places))
        if draw(st.integers(0, 4)) == 0:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(draw(st.sampled_from(VALUES)))
    return json.dumps(content).encode()


@st.composite
def mutate_bytes(draw, seeds):
    """Bytes of ``seeds`` with some changed, cut or doubled."""
    body = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(body)))
        to = min(len(body), at + draw(st.sampled_from([0, 1, 4, 30, 1000])))
        body = body[:at] + draw(st.binary(max_size=6)) + body[draw(st.sampled_from([at, to])) :]
    return body


def _places(value):
    """Each (holder, key) in a JSON value."""
    for key in (
        range(len(value)) if isinstance(value, list) else list(value) if isinstance(value, dict) else ()
    ):
        yield value, key
        yield from _places(value[key])
