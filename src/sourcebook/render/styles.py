"""CSS in what others wrote, by allow-list: declarations that set how something looks, not where it stands or what it asks for."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any, Final

import tinycss2

_SIDES = ("", "-top", "-right", "-bottom", "-left")
TEXT: Final = frozenset(
    """
    color background background-color background-image text-align text-decoration text-decoration-color text-indent text-transform
    font font-weight font-style font-size font-family font-variant font-variant-numeric line-height letter-spacing
    width max-width min-width height max-height min-height display white-space vertical-align float clear
    border-radius border-collapse border-spacing border-color border-style border-width list-style-type
    overflow-x overflow-wrap word-break opacity columns column-count column-gap row-gap gap caption-side table-layout
    flex flex-direction flex-wrap flex-flow flex-grow flex-shrink flex-basis justify-content justify-items justify-self
    align-content align-items align-self grid-template-columns grid-template-rows grid-column grid-row
    """.split()
).union(
    (f"{name}{side}" for name in ("border", "padding", "margin") for side in _SIDES),
    (f"border{side}-{part}" for side in _SIDES for part in ("color", "style", "width")),
)
"""Properties for HTML and Markdown; without ``position`` and its kin nothing leaves its place."""
DRAWING: Final = frozenset(
    """
    fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-miterlimit
    stroke-dasharray stroke-dashoffset opacity color stop-color stop-opacity clip-path clip-rule mask marker marker-start
    marker-mid marker-end filter flood-color flood-opacity paint-order vector-effect shape-rendering text-rendering
    image-rendering color-interpolation color-interpolation-filters visibility display mix-blend-mode isolation
    font font-weight font-style font-size font-family font-variant font-stretch text-anchor text-align text-decoration
    letter-spacing word-spacing dominant-baseline alignment-baseline baseline-shift writing-mode white-space
    """.split()
)
"""Properties for SVG."""
# What they say shows on no page that lies still, or on none of a browser that keeps to the standards.
_UNSEEN = frozenset(
    """
    cursor transition animation pointer-events user-select box-sizing outline will-change content z-index
    overflow overflow-y tab-size backface-visibility appearance behavior
    """.split()
)
_FUNCTIONS = frozenset(
    "rgb rgba hsl hsla linear-gradient radial-gradient calc min max minmax clamp repeat fit-content".split()
)
_LARGEST = 5000  # of a number: no part of a page is larger, in whatever unit
_BLOCKS = ("() block", "[] block", "{} block")


@functools.lru_cache(maxsize=4096)
def clean_style(style: str, allowed: frozenset[str] = TEXT) -> str:
    """The declarations of ``style`` whose property is ``allowed``, and whose value is of harmless parts; else empty."""
    return _clean_declarations(style, allowed)


def _clean_declarations(style: str, allowed: frozenset[str]) -> str:
    kept = [
        f"{part.lower_name}: {tinycss2.serialize(part.value).strip()}"
        for part in _read_declarations(style)
        if _is_kept(part, allowed)
    ]
    return "; ".join(kept)


@functools.lru_cache(maxsize=4096)
def list_refused(style: str, allowed: frozenset[str] = TEXT) -> tuple[str, ...]:
    """The properties that ``clean_style`` takes out of ``style`` and a reader may miss."""
    return tuple(
        part.lower_name
        for part in _read_declarations(style)
        if not _is_kept(part, allowed) and not _is_unseen(part)
    )


def _read_declarations(style: str) -> list[Any]:
    parsed = tinycss2.parse_blocks_contents(style, skip_comments=True)
    return [part for part in parsed if part.type == "declaration"]


def _is_kept(declaration: Any, allowed: frozenset[str]) -> bool:
    return declaration.lower_name in allowed and _are_harmless(declaration.value, declaration.lower_name)


def _is_unseen(declaration: Any) -> bool:
    name = declaration.lower_name
    stays = name == "position" and tinycss2.serialize(declaration.value).strip() in ("static", "relative")
    return (
        stays
        or name.startswith(("-", "mso-", "scroll-", "transition-", "animation-", "outline-"))
        or name in _UNSEEN
    )


def clean_sheet(css: str) -> str:
    """The plain rules of a style sheet, each with what ``clean_style`` leaves of it; neither imports nor fonts."""
    rules = tinycss2.parse_stylesheet(css, skip_comments=True)
    cleaned = [
        (tinycss2.serialize(rule.prelude).strip(), clean_style(tinycss2.serialize(rule.content), DRAWING))
        for rule in rules
        if rule.type == "qualified-rule"
    ]
    return " ".join(f"{selector} {{{style}}}" for selector, style in cleaned if style)


def is_local(value: str) -> bool:
    """Whether an attribute's value asks for nothing: every address in it leads to the same document."""
    return _name_only_here(tinycss2.parse_component_value_list(value))


def _are_harmless(tokens: Iterable[Any], name: str) -> bool:
    return all(_is_harmless(token, name) for token in tokens)


def _is_harmless(token: Any, name: str) -> bool:
    kind = token.type
    if kind in ("number", "dimension", "percentage"):
        lowest = (
            0 if name.startswith(("margin", "text-indent")) else -_LARGEST
        )  # backwards it would cover its neighbours
        return lowest <= token.value <= _LARGEST
    if kind == "url":
        return bool(token.value.startswith("#"))
    if kind == "function":
        if token.lower_name == "url":
            return _name_only_here([token])
        return token.lower_name in _FUNCTIONS and _are_harmless(token.arguments, name)
    if kind == "literal":
        return token.value in ",/"
    return kind in ("ident", "hash", "whitespace") or (kind == "string" and name.startswith("font"))


def _name_only_here(tokens: Iterable[Any]) -> bool:
    for token in tokens:
        if token.type == "url" and not token.value.startswith("#"):
            return False
        if token.type in ("error", "at-keyword"):
            return False
        if token.type == "function" and token.lower_name in _ASKING:
            strings = [part for part in token.arguments if part.type not in ("whitespace", "comment")]
            if token.lower_name != "url" or not all(
                part.type == "string" and part.value.startswith("#") for part in strings
            ):
                return False
        inner = (
            token.arguments if token.type == "function" else token.content if token.type in _BLOCKS else ()
        )
        if not _name_only_here(inner):
            return False
    return True


_ASKING = frozenset(
    {
        "url",
        "src",
        "image",
        "image-set",
        "-webkit-image-set",
        "cross-fade",
        "element",
        "expression",
        "attr",
        "var",
        "env",
    }
)
