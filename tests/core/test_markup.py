import pytest

from sourcebook.core.markup import mask_markup
from sourcebook.ledger.typed_numbers import find_numerals


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It has `{python} number(47)` articles, `x = 5` and ``a7 ` 8``.", []),
        ("```python\nx = 5\n```\nafter 6 of them", ["6"]),
        ("<!-- 5 of them --> <img width=300> &#124; and 6", ["6"]),
        ("The share $\\varepsilon = 0.3$ and $$x^2 + 3$$, not $5 or $6, $7$ or `8`", ["5", "6", "7", "8"]),
        ("@fig-2-trade, [@ap_june13], [see 4 rows in @ap_june13, p. 12; @ft_7, 8]", ["4"]),
        ("@ap_june13 [p. 12] and [5 words](https://example.org/2024/12/a(3)) https://example.org/77", ["5"]),
        ("## Size {#sec-size-2 width=50%}\n", []),
        ('::: {.callout-note title="Four reasons"}\n:::', ["Four"]),
        ('![Nine ships](a7.png){width=80% fig-alt="Eight ships"}', ["Nine", "Eight"]),
        ("1. first\n2) second\n\n> 3. third states\n\n4. has 5", ["5"]),
        ("A note[^1] of 3\n\n[^1]: It has 4.", ["3", "4"]),
        ("| Sign | 12 |\n|:--:|--:|\n| a | **three** |", ["12", "three"]),
        ('---\ntitle: "Five towns"\nformat: {toc-depth: 3}\n---\nText', ["Five"]),
    ],
)
def test_only_what_is_read_as_words_is_left(text, found):
    masked = mask_markup(text)
    assert len(masked) == len(text)
    assert [numeral.text for numeral in find_numerals(masked)] == found
