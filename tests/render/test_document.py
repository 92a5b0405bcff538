"""The tree with its words joined, and split again."""

from __future__ import annotations

import json

from sourcebook.render.document import iterate, join_words, plain_text, split_words
from sourcebook.render.tools import run_pandoc

TEXT = """\
# A title *with* emphasis

Words and `code` and [a link](x) [see @one, p. 3; @two].  Two  spaces

- [ ] to do
- [x] done already

![A picture](a.png) ![Another](b.png)

| a b | c |
|-----|---|
| d e | f^[A note here.] |
"""


def test_words_joined_and_split_are_what_they_were():
    blocks = json.loads(run_pandoc(["-f", "markdown", "-t", "json"], TEXT))["blocks"]
    joined = join_words(blocks)
    assert sum(1 for _ in iterate(joined)) < sum(1 for _ in iterate(blocks))
    assert plain_text(joined) == plain_text(blocks)
    assert split_words(joined) == blocks


def test_a_number_keeps_its_percent_sign():
    words = [
        {"t": "Str", "c": "61"},
        {"t": "Space"},
        {"t": "Str", "c": "%"},
        {"t": "Space"},
        {"t": "Str", "c": "hold"},
    ]
    assert join_words(words) == [{"t": "Str", "c": "61\u202f% hold"}]
