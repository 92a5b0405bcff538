"""Names that project files, front matter and formats may hold: what we use, and what only Quarto would use."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from sourcebook.errors import Issue

USED = {
    "title", "subtitle", "author", "authors", "date", "abstract", "description", "keywords", "lang", "toc", "toc-depth",
    "number-sections", "bibliography", "csl", "citeproc", "nocite", "execute", "params", "crossref", "format", "project",
    "book", "manuscript", "sourcebook", "papersize", "output-file", "echo", "eval", "output", "warning", "error",
    "include", "code-fold", "code-summary", "lof", "lot", "fig-align", "fig-width", "fig-height", "language", "tbl-colwidths",
}  # fmt: skip
# Nothing to obey: they choose programs and editors, or ask for what we always do.
_HARMLESS = {
    "jupyter", "kernelspec", "engine", "editor", "editor_options", "embed-resources", "self-contained", "standalone",
    "link-citations", "cite-method", "pdf-engine", "html-math-method", "fig-format", "keep-md", "keep-typ", "metadata",
    "jupytext", "fig-cap-location", "order", "fig-dpi", "code-annotations", "output-ext",
}  # fmt: skip
# Quarto obeys these and we do not: a warning names them.
_IGNORED = {
    "theme", "css", "include-in-header", "include-before-body", "include-after-body", "filters", "shortcodes", "toc-location",
    "toc-title", "toc-expand", "fontsize", "mainfont", "monofont", "sansfont", "linestretch", "linkcolor", "margin-left",
    "margin-right", "margin-top", "margin-bottom", "margin", "geometry", "documentclass", "classoption", "highlight-style",
    "syntax-highlighting", "code-tools", "code-copy", "code-overflow", "code-line-numbers", "code-block-bg", "code-link",
    "page-layout", "grid", "title-block-style", "title-block-banner", "anchor-sections", "smooth-scroll", "citation",
    "citation-location", "reference-location", "footnotes-location", "reference-section-title", "suppress-bibliography",
    "cap-location", "tbl-cap-location", "df-print", "fig-responsive", "lightbox", "number-depth",
    "number-offset", "shift-heading-level-by", "section-numbering", "template", "template-partials", "reference-doc",
    "date-format", "date-modified", "institute", "affiliations", "funding", "license", "copyright", "doi", "website",
    "freeze", "cache", "fig-pos", "top-level-division", "bibliographystyle", "biblio-style", "columns", "knitr", "from",
    "metadata-files", "profile", "brand", "draft", "categories", "listing", "about", "image", "search", "aliases", "server",
    "keep-tex", "pdf-standard", "mermaid", "hypothesis", "comments", "other-links", "code-links", "notebook-links",
    "notebook-view", "section-divs", "variables", "execute-dir", "pre-render", "post-render", "resources", "preview",
    "chapters-part", "sidebar", "navbar", "repo-url", "repo-actions", "repo-branch", "cover-image", "downloads", "sharing",
    "favicon", "site-url", "page-footer", "page-navigation", "open-graph", "twitter-card", "google-analytics", "environment",
}  # fmt: skip
_BOOK = {
    "title", "subtitle", "author", "date", "description", "abstract", "chapters", "appendices", "output-file", "keywords",
}  # fmt: skip
_PROJECT = {"type", "output-dir", "render", "title"}
_EXECUTE = {
    "echo", "eval", "output", "warning", "error", "include", "enabled", "fig-width", "fig-height", "code-fold", "daemon",
}  # fmt: skip
_FORMATS = {
    "html",
    "pdf",
    "typst",
    "md",
    "gfm",
    "commonmark",
    "docx",
    "default",
    "epub",
    "ipynb",
    "jats",
    "latex",
}


def check_settings(settings: Mapping[str, Any], where: str) -> list[Issue]:
    """Warnings for keys of a project file or front matter that have an effect in Quarto and none here.

    A name nobody knows is the author's own metadata, unless it is nearly one that we use.
    """
    issues = [issue for key in settings if (issue := _check_key(str(key), where))]
    for group, known in (("book", _BOOK), ("project", _PROJECT), ("execute", _EXECUTE)):
        found = settings.get(group)
        if isinstance(found, dict):
            issues += [_ignored(f"{group}: {key}", where) for key in found if key not in known]
    formats = settings.get("format")
    names = [formats] if isinstance(formats, str) else list(formats or {})
    issues += [_ignored(f"format: {name}", where) for name in names if str(name) not in _FORMATS]
    for name, options in formats.items() if isinstance(formats, dict) else ():
        for key in options if isinstance(options, dict) else ():
            if _check_key(str(key), where) or str(key) not in USED | _HARMLESS:
                issues.append(_ignored(f"format: {name}: {key}", where))
    return issues


def _check_key(key: str, where: str) -> Issue | None:
    if key in USED | _HARMLESS:
        return None
    if key in _IGNORED:
        return _ignored(key, where)
    near = difflib.get_close_matches(key, sorted(USED), n=1, cutoff=0.85)
    return Issue(where, f"the key {key!r} is nobody's", fix=f"did you mean {near[0]}?") if near else None


def _ignored(key: str, where: str) -> Issue:
    return Issue(where, f"the setting {key!r} has no effect here", fix="leave it for Quarto, or take it out")
