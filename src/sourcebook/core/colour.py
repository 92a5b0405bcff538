"""Colours as ``#RRGGBB``: how they stand out, and what they turn into where the page is dark."""

from __future__ import annotations

from collections.abc import Iterable

WHITE = "#FFFFFF"
INK = "#1F1F1F"
GREY = "#5C5C5C"
RULE = "#8F8F8F"
GRID = "#E2E2E2"
PALE = "#EFEFEF"
"""The paper of a chart and what is drawn on it without meaning: they become those of the page around it."""

ON_MARK = ("#FEFEFE", "#1E1E1E")
"""Words and signs on a mark: light ones turn dark where their mark turns light, dark ones do not turn, nor does their mark."""

TEXT_CONTRAST = 4.5
MARK_CONTRAST = 3.0
_DARK_PAPER = "#14171B"
# Fills that stand out from white paper less than this are a tint of the paper.
_TINT = 1.5
_BRIGHTEST = 6.5


def read_css_colour(css: str) -> str:
    """A colour of CSS as six hexadecimal digits, on white where it can be seen through; empty when it is none."""
    from tinycss2.color3 import parse_color  # hardly any report has one

    found = parse_color(css) if css else None
    if found is None or isinstance(found, str) or not found.alpha:
        return ""
    parts = (part * found.alpha + 1 - found.alpha for part in (found.red, found.green, found.blue))
    return "".join(f"{round(255 * max(0.0, min(1.0, part))):02x}" for part in parts)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, from 1 to 21)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def is_tint(colour: str) -> bool:
    """Whether a colour is nearly that of white paper."""
    return contrast(colour, WHITE) < _TINT


def is_pale(colour: str) -> bool:
    """Whether a colour is half white or more: on a dark page it becomes one that is half dark paper."""
    return min(_channels(colour)) >= 128


def readable_on(background: str) -> str:
    """What reads best on ``background``: ink on what turns with the page as it does, else white or black that do not."""
    if is_tint(background) or is_pale(background):
        return INK
    return max(ON_MARK, key=lambda colour: contrast(colour, background))


def tint(colour: str, strength: float = 0.2) -> str:
    """A hue at a part of its strength, for areas behind text."""
    return _join(255 - (255 - part) * strength for part in _channels(colour))


def darken(colour: str, ratio: float = TEXT_CONTRAST) -> str:
    """``colour``, darkened in small steps until it has a contrast of ``ratio`` on white: 4.5 for text, 3 for marks."""
    channels = list(_channels(colour))
    while contrast(colour, WHITE) < ratio:
        channels = [part * 0.96 for part in channels]
        colour = _join(channels)
    return colour


def turn_dark(colour: str, ratio: float = MARK_CONTRAST) -> str:
    """What ``colour`` becomes on a dark page: a tint of its paper, or itself, lightened until it has ``ratio`` on it.

    One that bears light words stands out as it did from white, up to ``_BRIGHTEST``; a pale one (``is_pale``), which has as
    much of the dark paper instead, no more than it did.
    """
    channels = list(_channels(colour))
    if is_tint(colour):
        mean = sum(channels) / 3
        paper = _channels(_DARK_PAPER)
        return _join(
            ground + 255 - mean + 1.5 * (part - mean) for ground, part in zip(paper, channels, strict=True)
        )
    if is_pale(colour):
        white, ratio = min(channels), min(ratio, contrast(colour, WHITE))
        ground = (white / 255 * part for part in _channels(_DARK_PAPER))
        channels = [part - white + dark for part, dark in zip(channels, ground, strict=True)]
        colour = _join(channels)
    elif readable_on(colour) == ON_MARK[0]:
        ratio = max(ratio, min(_BRIGHTEST, contrast(colour, WHITE)))
        # Of the same hue and strength while there is room: white would make a grey of a dark hue.
        while contrast(colour, _DARK_PAPER) < ratio and 0 < max(channels) * 1.04 <= 255:
            channels = [part * 1.04 for part in channels]
            colour = _join(channels)
    while contrast(colour, _DARK_PAPER) < ratio:
        channels = [part + (255 - part) * 0.04 for part in channels]
        colour = _join(channels)
    return colour


def _join(channels: Iterable[float]) -> str:
    return "#" + "".join(f"{min(max(round(part), 0), 255):02X}" for part in channels)


def _luminance(colour: str) -> float:
    parts = [channel / 255 for channel in _channels(colour)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(colour: str) -> tuple[float, float, float]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
