"""Charts that live in the page of whoever trusts them, with their library from an installed package and without a request."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sourcebook.render.export.left_out import BOKEH, PLOTLY, find_package, find_vega

# Of Bokeh's files, those that any chart with widgets and tables needs; a page that shows none of them is as large.
_BOKEH_FILES = ("bokeh.min.js", "bokeh-widgets.min.js", "bokeh-tables.min.js")
# What only the network has: a library, or the frame of a page that asks for one.
_ASKS = re.compile(
    r"<(?:script|link|iframe)\b[^>]*\b(?:src|href|srcdoc|data-html)=[^>]*https?:|\bimport\b[\s(]*[\"']https?:",
    re.IGNORECASE,
)
# What Plotly's own HTML fetches, and the page has already.
_FETCHED = re.compile(r"<script\b[^>]*\bsrc=[^>]*></script>", re.IGNORECASE)
_REMOTE_DATA = re.compile(r'"url": "')


def write_live(data: Mapping[str, Any], name: str) -> str:
    """HTML that draws an output in the page, in an element called ``name``; empty where it cannot be drawn without a request."""
    plotly, vega, page = data.get(PLOTLY), find_vega(data), "".join(data.get("text/html", ""))
    if _find_plotly() and isinstance(plotly, dict):
        said = ", ".join(_script(plotly.get(key) or empty) for key, empty in (("data", []), ("layout", {})))
        return (
            f'<div id="{name}"></div><script>Plotly.newPlot("{name}", {said}, {{responsive: true}})</script>'
        )
    if _find_plotly() and "Plotly.newPlot(" in page and "require(" not in page:
        return _FETCHED.sub("", page)
    if vega and find_package("vl_convert") and not _REMOTE_DATA.search(json.dumps(vega)):
        # The library's own interpreter of expressions: the page lets no text become a program.
        return f'<div id="{name}"></div><script>vegaEmbed("#{name}", {_script(vega)}, {{ast: true, actions: false}})</script>'
    if _find_bokeh():
        code = "".join(data.get("application/javascript", ""))
        if BOKEH in data and code:
            return f"<script>{_closed(code)}</script>"
        return page if "data-root-id" in page and "<script" not in page else ""
    return ""


def asks_network(content: str) -> bool:
    """Whether HTML with a program would ask the network for it, which no page of ours may."""
    return bool(_ASKS.search(content))


def read_libraries(page: str) -> list[str]:
    """The programs that the charts in ``page`` need, as scripts may hold them."""
    found: list[str] = []
    plotly = _find_plotly()
    if plotly and "Plotly.newPlot(" in page:
        found.append(plotly.read_text(encoding="utf-8"))
    if 'vegaEmbed("#chart-' in page:
        schema = re.search(r'"\$schema": "[^"]*/v(\d+)', page)
        found.append(_bundle_vega(schema[1] if schema else ""))
    if "data-root-id" in page:
        found += [path.read_text(encoding="utf-8") for path in _find_bokeh()]
    return [_closed(text) for text in found]


@functools.cache
def _bundle_vega(major: str) -> str:
    """Vega-Lite of the version that charts are written for, or the newest, with all that it needs."""
    import vl_convert

    known = [text for text in vl_convert.get_vegalite_versions() if text.split(".")[0] == major]
    version = known[-1] if known else None
    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=version))


def _find_plotly() -> Path | None:
    return _find("plotly", "package_data/plotly.min.js")


def _find_bokeh() -> list[Path]:
    found = [_find("bokeh", f"server/static/js/{name}") for name in _BOKEH_FILES]
    return [path for path in found if path]


def _find(package: str, file: str) -> Path | None:
    folder = find_package(package)
    return folder / file if folder and (folder / file).is_file() else None


def _script(value: Any) -> str:
    """A value as a script in a page may hold it."""
    return _closed(json.dumps(value))


def _closed(code: str) -> str:
    """A program without what would end its element."""
    return code.replace("</script", "<\\/script").replace("<!--", "<\\!--")
