"""Names that project files, front matter and formats may hold: what we use, and what only Quarto would use."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from sourcebook.errors import Issue
from sourcebook.render.source.values import find_line

USED = {
    "title", "subtitle", "author", "authors", "date", "abstract", "description", "keywords", "lang", "toc", "toc-depth",
    "number-sections", "number-depth", "bibliography", "csl", "citeproc", "nocite", "execute", "params", "crossref", "format", "project",
    "book", "manuscript", "sourcebook", "papersize", "output-file", "echo", "eval", "output", "warning", "error",
    "include", "code-fold", "code-summary", "lof", "lot", "fig-align", "fig-width", "fig-height", "tbl-colwidths", "site-url",
    "mainfont", "sansfont", "monofont", "margin", "geometry",
}  # fmt: skip
# Nothing to obey: they choose programs and editors, or ask for what we always do.
_HARMLESS = {
    "jupyter", "kernelspec", "engine", "editor", "editor_options", "embed-resources", "self-contained", "standalone",
    "link-citations", "cite-method", "pdf-engine", "html-math-method", "fig-format", "keep-md", "keep-typ", "metadata",
    "jupytext", "fig-cap-location", "order", "fig-dpi", "code-annotations", "output-ext", "quarto-required", "keep-ipynb",
    "self-contained-math", "fontenc", "use-rsvg-convert",
}  # fmt: skip
# Quarto obeys these and we do not: a warning names them.
_IGNORED = {
    "theme", "css", "include-in-header", "include-before-body", "include-after-body", "filters", "shortcodes", "toc-location",
    "toc-title", "toc-expand", "fontsize", "linestretch", "linkcolor", "margin-left",
    "margin-right", "margin-top", "margin-bottom", "documentclass", "classoption", "highlight-style",
    "syntax-highlighting", "code-tools", "code-copy", "code-overflow", "code-line-numbers", "code-block-bg", "code-link",
    "page-layout", "grid", "title-block-style", "title-block-banner", "anchor-sections", "smooth-scroll", "citation",
    "citation-location", "reference-location", "footnotes-location", "reference-section-title", "suppress-bibliography",
    "cap-location", "tbl-cap-location", "df-print", "fig-responsive", "lightbox",
    "number-offset", "shift-heading-level-by", "section-numbering", "template", "template-partials", "reference-doc",
    "date-format", "date-modified", "institute", "affiliations", "funding", "license", "copyright", "doi", "website",
    "freeze", "cache", "fig-pos", "top-level-division", "bibliographystyle", "biblio-style", "columns", "knitr", "from",
    "metadata-files", "profile", "brand", "draft", "categories", "listing", "about", "image", "search", "aliases", "server",
    "keep-tex", "pdf-standard", "mermaid", "hypothesis", "comments", "other-links", "code-links", "notebook-links",
    "notebook-view", "section-divs", "variables", "execute-dir", "pre-render", "post-render", "resources", "preview",
    "chapters-part", "sidebar", "navbar", "repo-url", "repo-actions", "repo-branch", "cover-image", "downloads", "sharing",
    "language", "affiliation", "journal", "abstract-title", "thanks", "subject", "category", "title-meta", "pagetitle", "title-prefix",
    "description-meta", "author-meta", "date-meta", "references", "citations-hover", "biblatexoptions", "natbiboptions",
    "biblio-title", "biblio-config", "citation-abbreviations", "line-numbers", "body-classes", "minimal", "document-css",
    "tabsets", "respect-user-color-scheme", "identifier-prefix", "email-obfuscation", "html-q-tags", "pdf-engine-opt",
    "pdf-engine-opts", "logo", "variant", "markdown-headings", "ipynb-output", "preview-mode", "secnumdepth", "page-numbering",
    "pagestyle", "page-width", "max-width", "hyperrefoptions", "indent", "block-headings", "code-block-border-left",
    "syntax-definition", "syntax-definitions", "listings", "indented-code-classes", "codefont", "fontfamily",
    "fontfamilyoptions", "mathfont", "mainfontoptions", "sansfontoptions", "monofontoptions", "mathfontoptions", "font-paths",
    "CJKmainfont", "CJKoptions", "microtypeoptions", "link-external-icon", "link-external-newwindow", "link-external-filter",
    "format-links", "notebook-preview", "reader", "ipynb-filters", "ipynb-shell-interactivity", "plotly-connected",
    "extract-media", "resource-path", "default-image-extension", "abbreviations", "dpi", "html-table-processing",
    "css-property-processing", "table-of-contents", "julia", "header-includes", "axe", "prefer-html", "revealjs-plugins",
    "favicon", "page-footer", "page-navigation", "open-graph", "twitter-card", "google-analytics", "environment",
}  # fmt: skip
_BOOK = {
    "title", "subtitle", "author", "date", "description", "abstract", "chapters", "appendices", "output-file", "keywords",
}  # fmt: skip
_MANUSCRIPT = {
    "article",
    "notebooks",
    "title",
    "subtitle",
    "author",
    "date",
    "description",
    "abstract",
    "keywords",
}
_PROJECT = {"type", "output-dir", "render", "title"}
_EXECUTE = {
    "echo", "eval", "output", "warning", "error", "include", "enabled", "fig-width", "fig-height", "code-fold", "daemon", "cache",
}  # fmt: skip
_GROUPS = {"book": _BOOK, "project": _PROJECT, "execute": _EXECUTE, "manuscript": _MANUSCRIPT}
_KNOWN = USED | _HARMLESS | _IGNORED
_LEAVE = "leave it for Quarto, or take it out"
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


# What a chapter of a book may set by itself; all else is the book's.
_CHAPTER = {
    "title", "id", "sourcebook", "number-sections", "execute", "params", "tbl-colwidths", "format", "echo", "eval", "output", "warning",
    "error", "include", "code-fold", "code-summary", "fig-align", "fig-width", "fig-height",
}  # fmt: skip
# What a format may set by itself; the rest is the same in all formats, or has no effect in this one.
_SIZES = {"fig-width", "fig-height"}
_FONTS = {"mainfont", "sansfont", "monofont"}
_PRINT = {
    "toc",
    "toc-depth",
    "papersize",
    "lof",
    "lot",
    "number-sections",
    "margin",
    "geometry",
    *_SIZES,
    *_FONTS,
}
_IN_FORMATS = {
    "html": {"toc", "toc-depth", "number-sections", "code-fold", "code-summary", *_SIZES, *_FONTS},
    "pdf": _PRINT,
    "typst": _PRINT,
    "docx": {"toc", "toc-depth"},
}


def check_settings(
    settings: Mapping[str, Any], where: str, text: str = "", first: int = 1, *, chapter: bool = False
) -> list[Issue]:
    """Warnings for keys of a project file or front matter that have an effect in Quarto and none here.

    ``text`` is the YAML as written, which begins on line ``first``; ``chapter`` says that a book is around it.
    A name nobody knows is the author's own metadata, unless it is nearly one that we use.
    """

    def ignored(*path: str) -> Issue:
        """The warning of the key at ``path``, on its line."""
        name = f"the setting '{': '.join(path)}'"
        return Issue(find_line(where, text, first, path), f"{name} has no effect here", fix=_LEAVE)

    issues: list[Issue] = []
    for key in map(str, settings):
        near = [] if key in _KNOWN else difflib.get_close_matches(key, sorted(_KNOWN), n=1, cutoff=0.85)
        if key in _IGNORED or (chapter and key in USED - _CHAPTER):
            issues.append(ignored(key))
        elif near:
            place = find_line(where, text, first, [key])
            issues.append(
                Issue(
                    place,
                    f"the key {key!r} is known neither to Quarto nor here",
                    fix=f"did you mean {near[0]}?",
                )
            )
    for group, known in _GROUPS.items():
        found = settings.get(group)
        issues += [
            ignored(group, str(key)) for key in found or () if isinstance(found, dict) and key not in known
        ]
    issues += [ignored(*path) for path in _list_unread(settings)]
    if not str(settings.get("lang") or "en").startswith("en"):
        what = "words that are ours, such as 'Figure' and 'Contents', stay English"
        fix = "name those of captions and references under crossref:"
        issues.append(Issue(find_line(where, text, first, ["lang"]), what, str(settings["lang"]), fix=fix))
    formats = settings.get("format")
    for name, options in formats.items() if isinstance(formats, dict) else [(str(formats or "html"), {})]:
        if name not in _FORMATS:
            issues.append(ignored("format", str(name)))
        known = _IN_FORMATS.get(name, set()) | _HARMLESS | {"citeproc"}
        keys = options if isinstance(options, dict) and name in _FORMATS else ()
        issues += [ignored("format", str(name), str(key)) for key in keys if chapter or key not in known]
    return issues


def _list_unread(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What authors say of themselves beside their names."""
    book = settings.get("book")
    groups = [settings, book if isinstance(book, dict) else {}]
    people = [
        (key, person)
        for group in groups
        for key in ("author", "authors")
        for person in _people(group.get(key))
    ]
    return list(
        dict.fromkeys((key, str(name)) for key, person in people for name in person if name != "name")
    )


def _people(value: Any) -> list[Mapping[str, Any]]:
    return [person for person in (value if isinstance(value, list) else [value]) if isinstance(person, dict)]
