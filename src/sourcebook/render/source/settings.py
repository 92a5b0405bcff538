"""Settings that have no effect here: those that only Quarto obeys, and what is written below the wrong name."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from sourcebook.core import options
from sourcebook.core.options import OPTIONS, Where, list_inherited, list_names
from sourcebook.core.yaml_text import find_no_days, load_yaml
from sourcebook.errors import Issue
from sourcebook.render.formats import list_formats, list_settings
from sourcebook.render.source.people import PERSON
from sourcebook.render.source.shortcodes import VARIABLES
from sourcebook.render.source.values import GROUPS, find_line, read_written
from sourcebook.render.words import is_translated

# Nothing to obey: they choose programs and editors, or ask for what we always do.
_HARMLESS = {
    "jupyter", "kernelspec", "engine", "editor", "editor_options", "embed-resources", "self-contained", "standalone",
    "link-citations", "cite-method", "citeproc", "pdf-engine", "html-math-method", "fig-format", "keep-md", "keep-typ", "metadata",
    "jupytext", "fig-cap-location", "order", "fig-dpi", "output-ext", "quarto-required", "keep-ipynb",
    "self-contained-math", "fontenc", "use-rsvg-convert",
}  # fmt: skip
# Quarto obeys these and we do not: a warning names them.
_IGNORED = {
    "theme", "css", "include-in-header", "include-before-body", "include-after-body", "filters", "shortcodes", "toc-location",
    "toc-expand", "fontsize", "linestretch", "linkcolor", "margin-left",
    "margin-right", "margin-top", "margin-bottom", "documentclass", "classoption", "highlight-style",
    "syntax-highlighting", "code-tools", "code-copy", "code-overflow", "code-line-numbers", "code-block-bg", "code-link",
    "page-layout", "grid", "title-block-style", "title-block-banner", "anchor-sections", "smooth-scroll", "citation",
    "footnotes-location", "reference-section-title", "suppress-bibliography",
    "cap-location", "tbl-cap-location", "df-print", "fig-responsive", "lightbox",
    "shift-heading-level-by", "section-numbering", "template", "template-partials", "reference-doc",
    "date-modified", "institute", "funding", "license", "copyright", "doi", "website",
    "freeze", "cache", "fig-pos", "top-level-division", "bibliographystyle", "biblio-style", "columns", "knitr", "from",
    "metadata-files", "profile", "brand", "draft", "categories", "listing", "about", "image", "search", "aliases", "server",
    "keep-tex", "pdf-standard", "mermaid", "hypothesis", "comments", "other-links", "code-links", "notebook-links",
    "notebook-view", "section-divs", "variables", "execute-dir", "pre-render", "post-render", "resources", "preview",
    "chapters-part", "sidebar", "navbar", "repo-url", "repo-actions", "repo-branch", "cover-image", "downloads", "sharing",
    "language", "affiliation", "journal", "thanks", "subject", "category", "title-meta", "pagetitle", "title-prefix",
    "description-meta", "author-meta", "date-meta", "citations-hover", "biblatexoptions", "natbiboptions",
    "biblio-title", "biblio-config", "citation-abbreviations", "line-numbers", "body-classes", "minimal", "document-css",
    "tabsets", "respect-user-color-scheme", "identifier-prefix", "email-obfuscation", "html-q-tags", "pdf-engine-opt",
    "pdf-engine-opts", "logo", "variant", "markdown-headings", "ipynb-output", "preview-mode", "secnumdepth", "page-numbering",
    "pagestyle", "page-width", "max-width", "hyperrefoptions", "indent", "block-headings", "code-block-border-left",
    "syntax-definition", "syntax-definitions", "listings", "indented-code-classes", "codefont", "fontfamily",
    "fontfamilyoptions", "mathfont", "mainfontoptions", "sansfontoptions", "monofontoptions", "mathfontoptions",
    "CJKoptions", "microtypeoptions", "link-external-icon", "link-external-newwindow", "link-external-filter",
    "format-links", "notebook-preview", "reader", "ipynb-filters", "ipynb-shell-interactivity", "plotly-connected",
    "extract-media", "resource-path", "default-image-extension", "abbreviations", "dpi", "html-table-processing",
    "css-property-processing", "table-of-contents", "julia", "header-includes", "axe", "prefer-html", "revealjs-plugins",
    "favicon", "page-footer", "page-navigation", "open-graph", "twitter-card", "google-analytics", "environment",
}  # fmt: skip
_UNREAD = ("_metadata.yml", "_environment", "_extensions")
_DAEMON = "daemon"  # Quarto's process for kernels
_USED, _OF_CHAPTER = list_names(Where.DOCUMENT), list_names(Where.CHAPTER)
_KNOWN = _USED | _HARMLESS | _IGNORED
_LEAVE = "leave it for Quarto, or take it out"
_OTHER_FORMATS = {"default", "epub", "ipynb", "jats", "latex"}


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
        if key in _IGNORED or (chapter and key in _USED - _OF_CHAPTER):
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
    for group, where_in in GROUPS.items():
        found, known = group.of(settings), list_names(where_in) | {_DAEMON}
        issues += [
            ignored(group.name, str(key))
            for key in found or ()
            if isinstance(found, dict) and key not in known
        ]
    issues += [ignored(*path) for path in _list_unread(settings)]
    if not is_translated(str(options.LANG.of(settings) or "en")):
        what = "some words that are ours, such as 'Note' and 'Theorem', stay English"
        fix = "name those of captions and references under crossref:"
        issues.append(
            Issue(
                find_line(where, text, first, [options.LANG.name]),
                what,
                str(options.LANG.of(settings)),
                fix=fix,
            )
        )
    issues += _check_values(settings, where, text, first)
    issues += check_days(settings, where, text, first)
    formats = options.FORMAT.of(settings)
    for name, own in formats.items() if isinstance(formats, dict) else [(str(formats or "html"), {})]:
        forms = [form for form in list_formats() if name in list_settings(form)]
        if not forms and name not in _OTHER_FORMATS:
            issues.append(ignored(options.FORMAT.name, str(name)))
            continue
        known = {option.name for option in OPTIONS if any(map(option.stands_below, forms))} | _HARMLESS
        keys = own if isinstance(own, dict) else ()
        issues += [
            ignored(options.FORMAT.name, str(name), str(key)) for key in keys if chapter or key not in known
        ]
    return issues


def check_files(root: Path) -> list[Issue]:
    """Warnings of files and folders that Quarto would read, and of variables that are no day."""
    found = [root / name for name in _UNREAD if (root / name).exists()]
    unread = [Issue(path.name, "is not read", fix="leave it for Quarto, or take it out") for path in found]
    with contextlib.suppress(yaml.YAMLError, UnicodeDecodeError):  # told when they are used
        text = read_written(root, VARIABLES)
        unread += check_days(load_yaml(text), VARIABLES, text)
    return unread


def check_days(values: Any, where: str, text: str, first: int = 1) -> list[Issue]:
    """Warnings of dates that do not exist; arguments as of ``check_settings``."""
    what, fix = "no calendar has this day, which stands as written", "correct it, or quote it"
    return [
        Issue(find_line(where, text, first, path), what, day, fix=fix) for path, day in find_no_days(values)
    ]


def _check_values(settings: Mapping[str, Any], where: str, text: str, first: int) -> list[Issue]:
    """Warnings of values of cell options that are no choice of theirs, for all cells or below ``execute:``."""
    execute = options.EXECUTE.of(settings)
    groups = [((), settings), ((options.EXECUTE.name,), execute if isinstance(execute, dict) else {})]
    return [
        Issue(
            find_line(where, text, first, [*path, option.name]),
            f"the value of '{': '.join([*path, option.name])}' cannot be read",
            str(option.of(group)),
            option.expected,
        )
        for path, group in groups
        for option in list_inherited()
        if option.choices and option.is_in(group) and not option.accepts(option.of(group))
    ]


def _list_unread(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What authors say of themselves beside their names."""
    book = options.BOOK.of(settings)
    groups = [settings, book if isinstance(book, dict) else {}]
    shown = {"name"} if book else PERSON  # a book's page names its authors alone
    people = [
        (option.name, person)
        for group in groups
        for option in (options.AUTHOR, options.AUTHORS)
        for person in _people(option.of(group))
    ]
    return list(
        dict.fromkeys((key, str(name)) for key, person in people for name in person if name not in shown)
    )


def _people(value: Any) -> list[Mapping[str, Any]]:
    return [person for person in (value if isinstance(value, list) else [value]) if isinstance(person, dict)]
