"""What is rendered: a project with ``_quarto.yml`` (book, manuscript, default) or a single document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sourcebook.core import options
from sourcebook.core.brand import Brand, find_brand
from sourcebook.core.root import find_area
from sourcebook.errors import Issue, ProjectError
from sourcebook.execute.figures import Size, read_size
from sourcebook.render.formats import list_settings
from sourcebook.render.source.contents import (
    CHAPTER_KINDS,
    as_list,
    check_paths,
    list_chapters,
    list_parts,
    list_paths,
)
from sourcebook.render.source.metadata import merge, read_front_matter, read_settings
from sourcebook.render.source.people import Person, read_people
from sourcebook.render.source.settings import check_files, check_settings
from sourcebook.render.source.shortcodes import expand_settings, read_variables
from sourcebook.render.source.values import check_types, find_line, read_written, settle_date
from sourcebook.render.words import translate, write_date

_OUTPUT = {"book": "_book", "manuscript": "_manuscript", "default": "."}


@dataclass(frozen=True)
class Project:
    """One report: its folder, metadata and chapters (paths relative to ``root``, in reading order).

    ``parts`` are titles by the number of the chapter they stand before, or empty where a chapter is a part's own page.
    ``kind`` is book, document or default (chapters are then documents of their own); ``notebooks`` are others that
    chapters may embed; ``meta`` is all metadata as written; ``brand`` what
    ``_brand.yml`` says; ``area`` the folders and files that it may read. ``acting`` is one whose outputs' scripts run in the page: the
    project file or whoever renders it said so, for no document gives itself leave. One that is ``untitled`` shows no title; programs
    show that of its file.
    """

    root: Path
    title: str
    subtitle: str = ""
    author: str = ""
    people: tuple[Person, ...] = ()
    date: str = ""
    lang: str = "en"
    description: str = ""
    keywords: tuple[str, ...] = ()
    chapters: tuple[Path, ...] = ()
    appendix_from: int | None = None
    parts: Mapping[int, str] = field(default_factory=dict)
    notebooks: tuple[Path, ...] = ()
    bibliography: tuple[Path, ...] = ()
    csl: Path | None = None
    acting: bool = False
    output: Path = Path("_build")
    name: str = "report"
    kind: str = "book"
    meta: Mapping[str, Any] = field(default_factory=dict)
    brand: Brand = field(default_factory=Brand)
    area: tuple[Path, ...] = ()
    warnings: tuple[Issue, ...] = ()
    untitled: bool = False

    @property
    def execute(self) -> Mapping[str, Any]:
        """Defaults for cell options, from ``execute:`` and from the top level."""
        own = {
            option.name: option.of(self.meta)
            for option in options.list_inherited()
            if option.is_in(self.meta)
        }
        folds = {
            option.name: self.option("html", option) for option in (options.CODE_FOLD, options.CODE_SUMMARY)
        }
        own |= {name: value for name, value in folds.items() if value is not None}
        return own | dict(options.EXECUTE.of(self.meta) or {})

    def execute_in(self, form: str) -> Mapping[str, Any]:
        """What the settings of a format alone say of cells."""
        own: dict[str, Any] = {}
        for found in reversed(self._list_own(form)):
            own |= found | dict(options.EXECUTE.of(found) or {})
        return own

    @property
    def figure(self) -> Size:
        """The size of figures where cells do not say: of ``execute:`` or the top level, else of a format that says.

        Pictures are drawn once, for all formats. Raises ``ExecutionError`` for what is no size.
        """
        sizes = {
            option.name: option.of(self.execute) or self.option("html", option) or self.option("pdf", option)
            for option in (options.FIG_WIDTH, options.FIG_HEIGHT)
        }
        return read_size(sizes, "_quarto.yml")

    @property
    def trusted(self) -> bool:
        """Whether rich outputs and raw HTML pass as they are (``sourcebook: trusted: true``)."""
        return options.TRUSTED.of(self.own) is True

    @property
    def alone(self) -> bool:
        """Whether it is a document in a folder of no project."""
        return self.kind == "document" and not (self.root / "_quarto.yml").is_file()

    @property
    def is_notebook(self) -> bool:
        """Whether it is a notebook by itself, which looks like one."""
        return self.alone and self.chapters[0].suffix == ".ipynb"

    @property
    def strict(self) -> bool:
        """Whether what a reader would miss stops the build (``sourcebook: strict: true``)."""
        return options.STRICT.of(self.own) is True

    def told(self, *, strict: bool = False, trust: bool = False) -> Project:
        """The same project, strict or trusted whatever it says of itself."""
        own = {options.STRICT.name: True} if strict else {}
        own |= {options.TRUSTED.name: True} if trust else {}
        meta = merge(self.meta, {options.OWN.name: own})
        return replace(self, meta=meta, acting=self.acting or trust) if own else self

    @property
    def own(self) -> Mapping[str, Any]:
        """What stands under ``sourcebook:``, the settings that Quarto does not know."""
        own = options.OWN.of(self.meta)
        return own if isinstance(own, dict) else {}

    def find(self, *path: str) -> str:
        """How messages call the line on which a setting stands: in a document's front matter, or the project file."""
        own = [chapter.as_posix() for chapter in self.chapters if self.kind == "document"]
        for name in [*own, "_quarto.yml"]:
            place = find_line(name, read_written(self.root, name), 1, path)
            if place != name:
                return place
        return self.chapters[0].as_posix() if self.kind == "document" else "_quarto.yml"

    @property
    def date_in_words(self) -> str:
        """The edition's date in words where it is one; as written where it is not."""
        return (
            write_date(self.date, self.lang, str(options.DATE_FORMAT.of(self.meta) or ""))
            if self.date
            else ""
        )

    @property
    def edition(self) -> str:
        """The same behind "edition of", in English."""
        opening = "edition of " if self.lang.startswith("en") else ""
        return f"{opening}{self.date_in_words}" if self.date else ""

    @property
    def abstract_title(self) -> str:
        """What stands over the abstract of a document."""
        return str(options.ABSTRACT_TITLE.of(self.meta) or translate("Abstract", self.lang))

    def title_contents(self, form: str) -> str:
        """What stands over the contents in a format."""
        return str(self.option(form, options.TOC_TITLE) or translate("Contents", self.lang))

    def option(self, form: str, option: options.Option, default: Any = None) -> Any:
        """The value of ``option`` for a format, else for the whole project; ``default`` where that depends on others."""
        for own in self._list_own(form):
            if option.is_in(own):
                return option.of(own)
        return option.of(self.meta) if option.is_in(self.meta) or default is None else default

    def _list_own(self, form: str) -> list[Mapping[str, Any]]:
        """The settings of a format under its names, the first before the others."""
        formats = options.FORMAT.of(self.meta)
        if not isinstance(formats, dict):
            return []
        found = (formats.get(name) for name in list_settings(form))
        return [own for own in found if isinstance(own, dict)]


def read_project(root: Path) -> Project:
    """The project in folder ``root``. Raises ``ProjectError`` naming every unusable setting at once."""
    settings = read_settings(root / "_quarto.yml")
    project = _project(root, settings)
    check_paths(project)
    return project


def read_document(path: Path) -> Project:
    """One chapter file as a document of its own; settings of a project around it hold where its own are silent."""
    if path.suffix not in CHAPTER_KINDS:
        issue = Issue(path.name, "is of an unknown kind", path.suffix, " or ".join(CHAPTER_KINDS))
        raise ProjectError("The file cannot be rendered.", [issue])
    path = path.resolve()
    document = describe_document(path, read_front_matter(path, path.name))
    check_paths(document)
    return document


def describe_document(path: Path, own: Mapping[str, Any]) -> Project:
    """The document that a notebook at ``path`` with front matter ``own`` is; the file itself is not looked at."""
    root = _project_around(path)
    settings = read_settings(root / "_quarto.yml") if (root / "_quarto.yml").is_file() else {}
    around = {
        key: value
        for key, value in settings.items()
        if key not in {option.name for option in (options.BOOK, options.MANUSCRIPT, options.PROJECT)}
    }
    if isinstance(
        ours := options.OWN.of(around), dict
    ):  # what other chapters hold is not here, and is only missed
        around[options.OWN.name] = {key: value for key, value in ours.items() if key != options.STRICT.name}
    return _document(_project(root, around | {"project": {"type": "document"}}), path.relative_to(root), own)


def document_of(project: Project, path: Path) -> Project:
    """The document that one chapter of ``project`` is by itself, with its own front matter."""
    document = _document(project, path, read_front_matter(project.root / path, path.as_posix()))
    check_paths(document)
    return document


def _document(project: Project, path: Path, own: Mapping[str, Any]) -> Project:
    check_types(own, project.root, path.as_posix())
    meta = merge(project.meta, own)
    made = _project(project.root, meta | {"project": {"type": "document"}}, name=path.stem)
    return replace(
        made, chapters=(path,), kind="document", output=path.parent if project.output == Path() else project.output,
        warnings=project.warnings, notebooks=project.notebooks, area=project.area, acting=project.acting,
    )  # fmt: skip


def _project(root: Path, settings: Mapping[str, Any], name: str = "report") -> Project:
    check_types(settings, root, "_quarto.yml")
    warnings = [*check_settings(settings, "_quarto.yml", read_written(root)), *check_files(root)]
    own = options.PROJECT.of(settings) or {}
    kind = str(options.TYPE.of(own) or (options.BOOK.name if options.BOOK.is_in(settings) else "default"))
    if kind not in (*_OUTPUT, "document"):
        warnings.append(Issue("_quarto.yml", f"projects of type {kind!r} are rendered as type 'default'"))
        kind = "default"
    part = settings.get(kind) if kind in (options.BOOK.name, options.MANUSCRIPT.name) else {}
    meta = merge(settings, part if isinstance(part, dict) else {})
    meta, unknown = expand_settings(meta, read_variables(root), "_quarto.yml")
    warnings += unknown
    chapters, appendices = list_chapters(root, kind, meta, own)
    people = read_people(meta)
    brand, unusable = find_brand(root)
    return Project(
        root=root,
        title=_even(options.TITLE.of(meta)) or ("" if kind == "document" else "Untitled"),
        subtitle=_even(options.SUBTITLE.of(meta)),
        people=people,
        author=", ".join(person.name for person in people),
        date=settle_date(options.DATE.of(meta)),
        lang=str(options.LANG.of(meta) or "en"),
        description=_even(options.DESCRIPTION.of(meta)),
        keywords=tuple(map(str, as_list(options.KEYWORDS.of(meta)))),
        chapters=tuple(chapters + appendices),
        appendix_from=len(chapters) if appendices else None,
        parts=list_parts(options.CHAPTERS.of(meta)) if kind == "book" else {},
        notebooks=tuple(list_paths(options.NOTEBOOKS.of(meta))) if kind == "manuscript" else (),
        bibliography=tuple(map(Path, as_list(options.BIBLIOGRAPHY.of(meta)))),
        csl=Path(options.CSL.of(meta)) if options.CSL.of(meta) else None,
        output=Path(options.OUTPUT_DIR.of(own) or _OUTPUT.get(kind, ".")),
        name=str(options.OUTPUT_FILE.of(meta) or (chapters[0].stem if kind == "manuscript" else name)),
        kind="document" if kind == "manuscript" else kind,
        meta=meta,
        brand=brand,
        area=_read_area(root, settings),
        acting=_says_trusted(settings),
        warnings=(*warnings, *unusable),
    )


def _says_trusted(settings: Mapping[str, Any]) -> bool:
    own = options.OWN.of(settings)
    return isinstance(own, dict) and options.TRUSTED.of(own) is True


def _read_area(root: Path, settings: Mapping[str, Any]) -> tuple[Path, ...]:
    """What may be read: what the project file names besides; no document can give itself leave."""
    own = options.OWN.of(settings)
    named = as_list(options.OUTSIDE.of(own)) if isinstance(own, dict) else []
    if wrong := [name for name in named if "\0" in str(name)]:
        setting = f"'{options.OWN.name}: {options.OUTSIDE.name}'"
        issue = Issue("_quarto.yml", f"{setting} names no file or folder", repr(wrong[0]))
        raise ProjectError("A setting cannot be used.", [issue])
    return (find_area(root), *((root / name).resolve() for name in named))


def _project_around(path: Path) -> Path:
    return next((folder for folder in path.parents if (folder / "_quarto.yml").is_file()), path.parent)


def _even(value: Any) -> str:
    """A text on one line."""
    return " ".join(options.write(value or "").split())
