"""Every option of cells, settings of projects and documents, and attribute of Markdown that has an effect, each once.

Reading, choices, defaults, warnings and the reference page (``sourcebook options``) come from this table. To add an
option, declare it here and read it (``NAME.of(...)``) where it has its effect; a test wants both. What Quarto obeys
and nothing here does stands in ``render/source/settings.py``.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sourcebook.core import option_kinds


class Where(enum.Flag):
    """Places in which an option may stand."""

    CELL = enum.auto()
    DOCUMENT = enum.auto()
    CHAPTER = enum.auto()
    EXECUTE = enum.auto()
    BOOK = enum.auto()
    MANUSCRIPT = enum.auto()
    PROJECT = enum.auto()
    CROSSREF = enum.auto()
    SOURCEBOOK = enum.auto()
    BLOCK = enum.auto()
    SPAN = enum.auto()
    IMAGE = enum.auto()
    CODE = enum.auto()
    TABLE = enum.auto()


# How the reference page calls them.
PLACES: Mapping[Where, str] = {
    Where.CELL: "code cell (#| name: value)",
    Where.DOCUMENT: "document (_quarto.yml or front matter)",
    Where.CHAPTER: "chapter of a book (front matter)",
    Where.EXECUTE: "execute:",
    Where.BOOK: "book:",
    Where.MANUSCRIPT: "manuscript:",
    Where.PROJECT: "project:",
    Where.CROSSREF: "crossref:",
    Where.SOURCEBOOK: "sourcebook:",
    Where.BLOCK: 'block (::: {name="value"})',
    Where.SPAN: 'span ([text]{name="value"})',
    Where.IMAGE: "image",
    Where.CODE: "code block",
    Where.TABLE: "table",
}
KINDS = ("fig", "tbl", "lst")
EVERY = ("any",)
"""All formats, those that are still to come, too."""

_SWITCHES = {"yes": True, "on": True, "no": False, "off": False}


@dataclass(frozen=True)
class Option:
    """One option; a name with ``{kind}`` in it stands for one of each of ``kinds``, the prefixes of labels.

    ``formats`` are those whose output it changes, empty for all; ``by_format`` those below whose name in ``format:`` it
    may stand. One that is ``passed_on`` goes from a cell to its exhibits as an attribute. ``prose`` are texts that
    readers meet.
    """

    name: str
    where: Where
    about: str
    kind: option_kinds.Kind = option_kinds.ANYTHING
    choices: tuple[Any, ...] = ()
    default: Any = None
    formats: tuple[str, ...] = ()
    by_format: tuple[str, ...] = ()
    passed_on: bool = False
    prose: bool = False
    kinds: tuple[str, ...] = KINDS

    def of(self, values: Mapping[str, Any]) -> Any:
        """Its value among ``values``, which may hold anything; the default where they are silent."""
        return self.read(values.get(self.name, self.default))

    def read(self, value: Any) -> Any:
        """A value as it is meant: ``yes`` and ``no`` where true or false is a choice, as R Markdown has them."""
        switches = _SWITCHES if any(isinstance(one, bool) for one in self.choices) else {}
        return switches.get(value.lower(), value) if isinstance(value, str) else value

    def pop(self, values: dict[str, Any]) -> Any:
        """Like ``of``, and taken out of ``values``."""
        return self.read(values.pop(self.name, self.default))

    def is_in(self, values: Iterable[str]) -> bool:
        """Whether it is among the names of ``values``."""
        return self.name in values

    def stands_below(self, form: str) -> bool:
        """Whether it may stand below the name of a format."""
        return self.by_format == EVERY or form in self.by_format

    def for_kind(self, kind: str) -> Option:
        """The one for labels that begin with ``kind``."""
        return replace(self, name=self.name.format(kind=kind), kinds=())

    @property
    def names(self) -> list[str]:
        """Its name, or its names for ``kinds``."""
        return [self.name.format(kind=kind) for kind in self.kinds] if "{" in self.name else [self.name]

    @property
    def expected(self) -> str:
        """What a value must be, in words; empty when anything goes."""
        return ", ".join(map(write, self.choices)) or self.kind.words

    def accepts(self, value: Any) -> bool:
        """Whether a value of YAML is one of the choices, and of the kind."""
        return (self.read(value) in self.choices if self.choices else True) and self.kind.accepts(value)

    def accepts_text(self, value: str) -> bool:
        """Whether an attribute's value is one of the choices, and of the kind."""
        return (not self.choices or value in map(write, self.choices)) and self.kind.accepts(value)


def write(value: Any) -> str:
    """A value as YAML has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def list_options(where: Where) -> list[Option]:
    """All that may stand in one of the places ``where``."""
    return [option for option in OPTIONS if option.where & where]


def list_names(where: Where) -> set[str]:
    """Their names."""
    return {name for option in list_options(where) for name in option.names}


def list_defaults() -> dict[str, Any]:
    """The values of cell options where neither cell nor project says anything."""
    return {option.name: option.default for option in list_options(Where.CELL) if option.default is not None}


@functools.cache
def list_inherited() -> tuple[Option, ...]:
    """The cell options that project, chapter or ``execute:`` may set for all cells."""
    return tuple(option for option in OPTIONS if Where.CELL | Where.EXECUTE in option.where)


def is_prose(name: str) -> bool:
    """Whether readers meet what the cell option ``name`` says; custom kinds of labels have captions too."""
    return name in _PROSE or name.endswith(("-cap", "-subcap"))


_CELL, _TOP, _CHAPTER, _BLOCK, _IMAGE = Where.CELL, Where.DOCUMENT, Where.CHAPTER, Where.BLOCK, Where.IMAGE
_BOOK, _ABOUT = Where.BOOK, Where.DOCUMENT | Where.BOOK | Where.MANUSCRIPT
_INHERITED = Where.CELL | Where.DOCUMENT | Where.CHAPTER | Where.EXECUTE
_CONDITION = Where.BLOCK | Where.SPAN | Where.CODE
_YES_NO = (True, False)
_HTML, _PRINT, _PAGES = ("html",), ("pdf", "typst"), ("html", "pdf", "typst")
_NOT_MD = (*_PAGES, "docx")
_PAPER_FORMATS = (*_PRINT, "docx")

# fmt: off
# Code cells
EVAL = Option("eval", _INHERITED, "Runs the code.", choices=_YES_NO)
ECHO = Option("echo", _INHERITED, "Shows the code; fenced: with its option lines.", choices=(*_YES_NO, "fenced"), default=True, by_format=EVERY)
OUTPUT = Option("output", _INHERITED, "Shows what the code gives; asis: printed text is read as Markdown.", choices=(*_YES_NO, "asis"), default=True, by_format=EVERY)
INCLUDE = Option("include", _INHERITED, "Shows anything of the cell.", choices=_YES_NO, default=True, by_format=EVERY)
WARNING = Option("warning", _INHERITED, "Shows what the code writes to standard error.", choices=_YES_NO, default=True, by_format=EVERY)
ERROR = Option("error", _INHERITED, "Shows an error and goes on, where the build would end.", choices=_YES_NO, default=False)
CODE_FOLD = Option("code-fold", _INHERITED | Where.CODE, "Folds the code away; show: open at first.", choices=(*_YES_NO, "show"), formats=_HTML, by_format=_HTML)
CODE_SUMMARY = Option("code-summary", _INHERITED | Where.CODE, "What is clicked to unfold the code.", default="Code", formats=_HTML, by_format=_HTML, prose=True)
FIG_ALIGN = Option("fig-align", _INHERITED | _BLOCK | _IMAGE, "Where a picture stands on the line.", choices=("left", "right", "center", "default"), formats=_PAGES, passed_on=True)
FIG_WIDTH = Option("fig-width", _INHERITED | _BLOCK, "Width of pictures when drawn.", option_kinds.INCHES, by_format=_PAGES, passed_on=True)
FIG_HEIGHT = Option("fig-height", _INHERITED | _BLOCK, "Height of pictures when drawn.", option_kinds.INCHES, by_format=_PAGES, passed_on=True)
LABEL = Option("label", _CELL, "Name for references, which begins with a kind: fig-, tbl-.")
ID = Option("id", _CELL | _CHAPTER, "Name of a cell to embed, or of a chapter's heading.")
TAGS = Option("tags", _CELL, "Jupyter tags of a cell in a .qmd file.")
CLASSES = Option("classes", _CELL, "Classes of a block around the cell.", formats=_PAGES)
PANEL = Option("panel", _CELL, "tabset: headings in what the cell gives are tabs.", choices=("tabset",))
COLUMN = Option("column", _CELL, "Where the cell stands beside the text: margin, page, screen.", formats=_PAGES)
FILENAME = Option("filename", _CELL | Where.CODE, "Name of a file, shown above the code.")
LISTING_LABEL = Option("lst-label", _CELL, "Name of the code for references, which begins with lst-.")
CAPTION = Option("{kind}-cap", _CELL | _BLOCK | _IMAGE | Where.CODE, "Caption; a list has one for each output.", prose=True)
SUBCAPTION = Option("{kind}-subcap", _CELL, "Captions of the parts of an exhibit.", prose=True, kinds=("fig", "tbl"))
FIG_ALT = Option("fig-alt", _CELL | _BLOCK | _IMAGE, "What a picture says, for those who do not see it.", prose=True)
ALT = Option("alt", _IMAGE, "The same; empty for a picture that only adorns.", prose=True)
LAYOUT = Option("layout", _CELL | _BLOCK, "Rows of relative widths for what stands side by side.", option_kinds.LAYOUT, formats=_PAGES, passed_on=True)
LAYOUT_NCOL = Option("layout-ncol", _CELL | _BLOCK, "Number of columns for what stands side by side.", option_kinds.COUNT, formats=_PAGES, passed_on=True)
LAYOUT_NROW = Option("layout-nrow", _CELL | _BLOCK, "Number of rows for what stands side by side.", option_kinds.COUNT, formats=_PAGES, passed_on=True)
OUT_WIDTH = Option("out-width", _CELL | _BLOCK, "Width of a picture when shown.", option_kinds.LENGTH, formats=_NOT_MD, passed_on=True)
COLWIDTHS = Option("tbl-colwidths", _CELL | _TOP | _CHAPTER | _BLOCK | _IMAGE | Where.TABLE, "Widths of a table's columns in percent of the line, auto, true or false.", passed_on=True)
# Markdown
WIDTH = Option("width", _BLOCK | _IMAGE, "Width of a picture when shown.", option_kinds.LENGTH, formats=_NOT_MD)
HEIGHT = Option("height", _BLOCK | _IMAGE, "Height of a picture when shown.", option_kinds.LENGTH, formats=_NOT_MD)
BOX_TITLE = Option("title", _BLOCK, "Title of a callout.")
BOX_NAME = Option("name", _BLOCK, "Name of a theorem, a proof and their kin.")
APPEARANCE = Option("appearance", _BLOCK, "simple: a callout without a ground; minimal: nor a word for its kind.", choices=("default", "simple", "minimal"), formats=_NOT_MD)
ICON = Option("icon", _BLOCK, "false: no word for a callout's kind before its title.", choices=_YES_NO, formats=_NOT_MD)
COLLAPSE = Option("collapse", _BLOCK, "Folds a callout; false: open at first.", choices=_YES_NO, formats=_HTML)
SHORTCODES = Option("shortcodes", Where.CODE, "false: shortcodes in the code stay as written.", choices=_YES_NO)
WHEN_FORMAT = Option("when-format", _CONDITION, "Formats in which a .content-visible block shows, or a .content-hidden one hides.")
UNLESS_FORMAT = Option("unless-format", _CONDITION, "Formats in which it does not.")
WHEN_META = Option("when-meta", _CONDITION, "A setting which, if true, shows or hides the block.")
UNLESS_META = Option("unless-meta", _CONDITION, "A setting which, if false or missing, shows or hides the block.")
WHEN_PROFILE = Option("when-profile", _CONDITION, "A profile of Quarto's; none is ever active here.")
UNLESS_PROFILE = Option("unless-profile", _CONDITION, "A profile of Quarto's that is not active, as none is here.")
# Documents and projects
TITLE = Option("title", _ABOUT | _CHAPTER, "Title.")
SUBTITLE = Option("subtitle", _ABOUT, "Subtitle.")
AUTHOR = Option("author", _ABOUT, "Author, or a list of them.")
AUTHORS = Option("authors", _TOP, "The same.")
AFFILIATIONS = Option("affiliations", _TOP, "Institutions, each with id and name, to which authors refer.")
DATE = Option("date", _ABOUT, "Date; today: the day of the build.")
DATE_FORMAT = Option("date-format", _ABOUT, "How the date is written: long, full, medium, short, iso or letters such as D MMM YYYY.")
ABSTRACT = Option("abstract", _ABOUT, "Summary on the first page.")
ABSTRACT_TITLE = Option("abstract-title", _TOP, "What stands over the abstract of a document.", option_kinds.TITLE)
DESCRIPTION = Option("description", _ABOUT, "What the report is, for search engines and for whoever cites it.")
KEYWORDS = Option("keywords", _ABOUT, "Keywords, for search engines and libraries.")
LANG = Option("lang", _TOP, "Language of the text.", option_kinds.LANGUAGE)
TOC = Option("toc", _TOP, "Lists the contents; books do so unless told otherwise.", choices=_YES_NO, formats=_NOT_MD, by_format=_NOT_MD)
TOC_TITLE = Option("toc-title", _TOP, "What stands over the contents.", option_kinds.TITLE, formats=_NOT_MD, by_format=_NOT_MD)
TOC_DEPTH = Option("toc-depth", _TOP, "Levels of headings among the contents.", option_kinds.LEVELS, formats=_NOT_MD, by_format=_NOT_MD)
NUMBER_SECTIONS = Option("number-sections", _TOP | _CHAPTER, "Numbers headings; books do so unless told otherwise.", choices=_YES_NO, by_format=EVERY)
NUMBER_DEPTH = Option("number-depth", _TOP, "Levels of headings that are numbered.", option_kinds.LEVELS, default=6, by_format=EVERY)
NUMBER_OFFSET = Option("number-offset", _TOP, "Number before that of the first heading; of a list the first counts.", option_kinds.OFFSETS, default=0)
BIBLIOGRAPHY = Option("bibliography", _TOP, "Files of what the text cites.", option_kinds.FILES)
CSL = Option("csl", _TOP, "Style of citations.", option_kinds.FILE)
REFERENCES = Option("references", _TOP, "Publications themselves, as a bibliography in CSL-YAML has them.", option_kinds.ENTRIES)
REFERENCE_LOCATION = Option("reference-location", _TOP, "Where notes stand; margin: beside their paragraph, where there is none below it.", choices=("document", "margin"), default="document", formats=_PAGES, by_format=_PAGES)
CITATION_LOCATION = Option("citation-location", _TOP, "Where citations stand; margin: they become short notes beside their paragraph.", choices=("document", "margin"), default="document", by_format=_PAGES)
NOCITE = Option("nocite", _TOP, "What the list of sources names besides.")
PAPERSIZE = Option("papersize", _TOP, "Size of the pages.", option_kinds.PAPER, default="a4", formats=_PAPER_FORMATS, by_format=_PAPER_FORMATS)
MAIN_FONT = Option("mainfont", _TOP, "Font family of the text.", formats=_NOT_MD, by_format=_NOT_MD)
SANS_FONT = Option("sansfont", _TOP, "Font family of headings, tables and captions.", formats=_NOT_MD, by_format=_NOT_MD)
MONO_FONT = Option("monofont", _TOP, "Font family of code.", formats=_PAGES, by_format=_PAGES)
CJK_FONT = Option("CJKmainfont", _TOP, "Font family of Chinese, Japanese and Korean signs.", formats=_PAGES, by_format=_PAGES)
FONT_PATHS = Option("font-paths", _TOP, "Folders of the project with the files of these fonts.", by_format=_PAGES)
MARGIN = Option("margin", _TOP, "Margins of the pages: a length, or x, y, left, right, top, bottom with one each.", formats=_PRINT, by_format=_PRINT)
GEOMETRY = Option("geometry", _TOP, "The same as LaTeX's geometry package has it.", formats=_PRINT, by_format=_PRINT)
LOF = Option("lof", _TOP, "Lists figures and tables after the contents.", choices=_YES_NO, formats=_PRINT, by_format=_PRINT)
LOT = Option("lot", _TOP, "The same.", choices=_YES_NO, default=False, formats=_PRINT, by_format=_PRINT)
OUTPUT_FILE = Option("output-file", _ABOUT, "Name of the files written, without suffix.", option_kinds.FILE)
CODE_ANNOTATIONS = Option("code-annotations", _TOP | _CHAPTER, "Annotations of code; none: without their marks and list, false: both as written.", choices=(False, "none", "below", "hover", "select"), default="below", by_format=EVERY)
SITE_URL = Option("site-url", _TOP, "Address at which the report is published.", formats=_HTML)
PARAMS = Option("params", _TOP | _CHAPTER, "Values for the cell tagged parameters.")
FORMAT = Option("format", _TOP | _CHAPTER, "Settings of single formats.", option_kinds.FORMAT)
EXECUTE = Option("execute", _TOP | _CHAPTER, "Settings of how cells are run and shown.", option_kinds.PAIRS, by_format=EVERY)
CROSSREF = Option("crossref", _TOP, "Words and numbers of captions and references.", option_kinds.CROSSREF)
PROJECT = Option("project", _TOP, "What the folder is.", option_kinds.PAIRS)
BOOK = Option("book", _TOP, "Chapters and title of a book.", option_kinds.PAIRS)
MANUSCRIPT = Option("manuscript", _TOP, "Article and notebooks of a manuscript.", option_kinds.PAIRS)
OWN = Option("sourcebook", _TOP | _CHAPTER, "Settings that Quarto does not know.", option_kinds.PAIRS)
ENABLED = Option("enabled", Where.EXECUTE, "Runs notebooks; false: shows the outputs stored in them.", choices=_YES_NO, default=True)
CACHE = Option("cache", Where.EXECUTE, "true: keeps results of notebooks that use the network.", choices=(*_YES_NO, "refresh"))
CHAPTERS = Option("chapters", _BOOK, "Files of the chapters, in order, and parts with their own.")
APPENDICES = Option("appendices", _BOOK, "Files of the appendices.")
ARTICLE = Option("article", Where.MANUSCRIPT, "File of the article.", option_kinds.FILE, default="index.qmd")
NOTEBOOKS = Option("notebooks", Where.MANUSCRIPT, "Files of notebooks that the article may embed.")
TYPE = Option("type", Where.PROJECT, "book, manuscript or default: each file is a document.")
OUTPUT_DIR = Option("output-dir", Where.PROJECT, "Folder for what is written.", option_kinds.FILE)
RENDER = Option("render", Where.PROJECT, "Files of a default project, with * and ?.")
TRUSTED = Option("trusted", Where.SOURCEBOOK, "true: HTML and SVG of outputs pass as they are.", choices=_YES_NO)
STRICT = Option("strict", Where.SOURCEBOOK, "true: what is warned of because something is missing or dead is an error.", choices=_YES_NO, default=False)
INPUTS = Option("inputs", Where.SOURCEBOOK, "Files and folders besides, on which results rest.")
OUTSIDE = Option("outside", Where.SOURCEBOOK, "Files and folders outside the project that it may read, and write into.", option_kinds.FILES)
PROGRAM_SECONDS = Option("program-seconds", Where.SOURCEBOOK, "Seconds of the processor that pandoc and typst may take each time, whatever they are given.", option_kinds.SECONDS)
ENV = Option("env", Where.SOURCEBOOK, "Environment variables besides, on which results rest.")
# crossref:
BY_CHAPTER = Option("chapters", Where.CROSSREF, "true: numbers begin anew in each chapter.", choices=_YES_NO)
DELIMITER = Option("title-delim", Where.CROSSREF, "What stands between number and caption.", default=".")
CUSTOM = Option("custom", Where.CROSSREF, "Further kinds of figures, each with key and caption-prefix.")
LABELS = Option("labels", Where.CROSSREF, "How numbers are written: arabic, alpha a, roman i.")
SUBREF_LABELS = Option("subref-labels", Where.CROSSREF, "How parts of figures are counted.")
CHAPTER_PREFIX = Option("ch-prefix", Where.CROSSREF, "Word for chapters in references.")
APPENDIX_PREFIX = Option("apx-prefix", Where.CROSSREF, "Word for appendices in references.")
APPENDIX_TITLE = Option("appendix-title", Where.CROSSREF, "Word for appendices.")
KIND_TITLE = Option("{kind}-title", Where.CROSSREF, "Word before the captions of a kind.")
KIND_PREFIX = Option("{kind}-prefix", Where.CROSSREF, "Word for a kind in references.")
KIND_LABELS = Option("{kind}-labels", Where.CROSSREF, "How the numbers of a kind are written.")
# fmt: on

OPTIONS: tuple[Option, ...] = tuple(found for found in list(globals().values()) if isinstance(found, Option))
PASSED_ON = tuple(option for option in OPTIONS if option.passed_on)
_PROSE = {name for option in OPTIONS if option.prose for name in option.names}
