"""What Word documents look like: styles, paper, footer and contents, set in what pandoc wrote."""

from __future__ import annotations

import hashlib
import html
import io
import re
import uuid
import zipfile
from collections.abc import Callable, Mapping, Sequence

from sourcebook.core.options import MAIN_FONT, SANS_FONT
from sourcebook.render.formats.fonts import Font, list_fonts
from sourcebook.render.passes.state import Target
from sourcebook.render.source.project import Project

# Ours for books, which carry them; what every Office has for other documents, which stay small.
_OURS, _OFFICE = ("Source Serif Pro", "Source Sans Pro"), ("Cambria", "Calibri")
_EMBEDDED = {(400, "normal"): "Regular", (700, "normal"): "Bold", (400, "italic"): "Italic"}
_PAPERS = {"a4": (11906, 16838), "us-letter": (12240, 15840)}  # twentieths of a point
_MARGIN = 1361
_THEIR_WIDTH = 7920  # that pandoc counts with
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_FOOTER = "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"
_FOOTER_REFERENCE = f'<w:footerReference xmlns:r="{_RELATIONS}" w:type="default" r:id="rIdFooter"/>'
_AFTER_TABLE = (
    r'(</w:tbl>(?:\s|<w:bookmark\w+ [^>]*>)*<w:p><w:pPr><w:pStyle w:val=")(?:BodyText|FirstParagraph)(")'
)
_CREATOR = re.compile(r"(<dc:creator>)[^<]*")
_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def set_page(reference: bytes, paper: str) -> bytes:
    """A reference document for ``paper``: pandoc makes no picture wider than the text of that."""
    return _rewrite(reference, {"word/document.xml": lambda text: _set_section(text, paper)}, {})


def finish(body: bytes, project: Project, paper: str) -> bytes:
    """What pandoc wrote in our styles, on ``paper`` (by Typst's name), with page numbers; no page parts a table's row."""
    changes: dict[str, Callable[[str], str]] = {
        # Below the title stands all that is known of authors; a property of the file holds their names.
        "docProps/core.xml": lambda text: _CREATOR.sub(
            lambda found: found[1] + html.escape(project.author), text
        ),
        "word/styles.xml": lambda text: _restyle(text, project),
        "word/document.xml": lambda text: _set_tables(_set_section(text, paper, _FOOTER_REFERENCE), paper),
        "word/_rels/document.xml.rels": lambda text: text.replace(
            "</Relationships>",
            f'<Relationship Id="rIdFooter" Type="{_RELATIONS}/footer" Target="footer1.xml"/></Relationships>',
        ),
        "[Content_Types].xml": lambda text: text.replace(
            "</Types>", f'<Override PartName="/word/footer1.xml" ContentType="{_FOOTER}"/></Types>'
        ),
    }
    more: dict[str, str | bytes] = {"word/footer1.xml": _footer(project)}
    if families := set(_choose_families(project)) & set(_OURS):
        more |= _embed([font for font in list_fonts() if font.family in families], changes)
    return _rewrite(body, changes, more)


def _embed(fonts: Sequence[Font], changes: dict[str, Callable[[str], str]]) -> dict[str, str | bytes]:
    """The files of ``fonts`` as a document carries them (ECMA-376 part 4, 2.8.1: the first 32 bytes hidden by a key), and
    the ``changes`` that tell of them.
    """
    files: dict[str, str | bytes] = {}
    told: dict[str, str] = dict.fromkeys(_OURS, "")
    relations = ""
    for number, font in enumerate((one for one in fonts if (one.weight, one.style) in _EMBEDDED), start=1):
        body = font.path.read_bytes()
        key = str(uuid.UUID(bytes=hashlib.sha256(body).digest()[:16])).upper()
        mask = bytes.fromhex(key.replace("-", ""))[::-1] * 2
        files[f"word/fonts/font{number}.odttf"] = (
            bytes(one ^ other for one, other in zip(body, mask, strict=False)) + body[len(mask) :]
        )
        cut = _EMBEDDED[font.weight, font.style]
        told[font.family] += f'<w:embed{cut} r:id="rId{number}" w:fontKey="{{{key}}}"/>'
        relations += (
            f'<Relationship Id="rId{number}" Type="{_RELATIONS}/font" Target="fonts/font{number}.odttf"/>'
        )
    table = "".join(
        f'<w:font w:name="{family}"><w:altName w:val="{other}"/>{told[family]}</w:font>'
        for family, other in zip(_OURS, _OFFICE, strict=True)
        if told[family]
    )
    changes |= {
        "word/fontTable.xml": lambda text: text.replace("</w:fonts>", f"{table}</w:fonts>"),
        "word/settings.xml": lambda text: text.replace(
            "<w:embedSystemFonts", "<w:embedTrueTypeFonts/><w:embedSystemFonts"
        ),
    }
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    files["word/_rels/fontTable.xml.rels"] = (
        f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{package}">{relations}</Relationships>'
    )
    return files


def write_contents(title: str, headings: Sequence[Target], depth: int) -> str:
    """The contents, filled, as a field that Word can renew; page numbers are for the program that lays out pages."""
    lines = [_entry(target) for target in headings]
    begin = f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">TOC \\o "1-{depth}" \\h \\z \\u</w:instrText></w:r>'
    begin += '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    if lines:
        lines[0] = lines[0].replace("</w:pPr>", f"</w:pPr>{begin}", 1)
        lines[-1] = lines[-1].replace("</w:p>", '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>')
    words = html.escape(title, quote=False)
    head = f'<w:p><w:pPr><w:pStyle w:val="TOCHeading"/></w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>'
    return head + "".join(lines)


def _entry(target: Target) -> str:
    name = _bookmark(target.label)
    words = html.escape(target.title.strip(), quote=False)
    page = (
        f'<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r><w:r><w:instrText xml:space="preserve">PAGEREF {name} \\h'
        '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    return (
        f'<w:p><w:pPr><w:pStyle w:val="TOC{target.level}"/></w:pPr><w:hyperlink w:anchor="{name}" w:history="1">'
        f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r><w:r><w:tab/></w:r>{page}</w:hyperlink></w:p>'
    )


def _bookmark(label: str) -> str:
    """The name pandoc gives to a label: Word takes forty signs."""
    if label[:1].isalpha() and len(label) <= 40:
        return label
    return "X" + hashlib.sha1(label.encode(), usedforsecurity=False).hexdigest()[1:]


def _set_tables(text: str, paper: str) -> str:
    """Tables in their own type, as wide as the text of our pages; pictures where the text begins."""
    share = (_PAPERS.get(paper, _PAPERS["a4"])[0] - 2 * _MARGIN) / _THEIR_WIDTH

    def set_table(found: re.Match[str]) -> str:
        """One table."""
        table = re.sub(
            r'(<w:pStyle w:val=")(?:Compact|BodyText|FirstParagraph)(" ?/>)', r"\1TableText\2", found[0]
        )
        table = re.sub(
            r'(<w:gridCol w:w=")(\d+)', lambda width: f"{width[1]}{round(int(width[2]) * share)}", table
        )
        opening, *rows = re.split(r"(?=<w:tr>)", table)
        heads = sum("<w:tblHeader" in row for row in rows)
        # No row stands alone at an end of a page, nor what is written below the last.
        kept = {heads, len(rows) - 2, len(rows) - 1}
        styles = [
            "TableHead" if n < heads else "TableKept" if n in kept else "TableText" for n in range(len(rows))
        ]
        return opening + "".join(map(_set_row, rows, styles))

    text = re.sub(r"<w:tbl>.*?</w:tbl>", set_table, text, flags=re.DOTALL)
    # A table has no space of its own. A picture has none either, which LibreOffice must be told.
    text = text.replace("<wp:inline>", '<wp:inline distT="0" distB="0" distL="0" distR="0">')
    return re.sub(_AFTER_TABLE, r"\1AfterTable\2", text)


def _set_row(row: str, style: str) -> str:
    """A table's row that no page parts, its words in ``style``."""
    words = row.removeprefix("<w:tr>").replace('w:val="TableText"', f'w:val="{style}"')
    settings, kept = "<w:trPr>", "<w:cantSplit/>"
    more = words.removeprefix(settings) if words.startswith(settings) else "</w:trPr>" + words
    return f"<w:tr>{settings}{kept}{more}"


def _set_section(text: str, paper: str, footer: str = "") -> str:
    width, height = _PAPERS.get(paper, _PAPERS["a4"])
    sides = "".join(f' w:{side}="{_MARGIN}"' for side in ("top", "right", "bottom", "left"))
    section = f'<w:sectPr>{footer}<w:pgSz w:w="{width}" w:h="{height}"/><w:pgMar{sides} w:header="709" w:footer="709" w:gutter="0"/></w:sectPr>'
    before, _, _ = text.rpartition("<w:sectPr")
    return f"{before}{section}</w:body></w:document>"


def _footer(project: Project) -> str:
    title = html.escape(project.title, quote=False)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><w:ftr {_WORD}><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr><w:r><w:t>{title}</w:t></w:r>'
        '<w:r><w:tab/></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:ftr>'
    )


def _restyle(text: str, project: Project) -> str:
    serif, sans = _choose_families(project)
    accent = (
        project.brand.colours["primary"].light.lstrip("#") if "primary" in project.brand.colours else "0B4F79"
    )
    defaults = (
        f'<w:docDefaults><w:rPrDefault><w:rPr>{_font(serif)}{_size(10.5)}<w:lang w:val="{html.escape(project.lang)}"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="264" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
    )
    text = re.sub(r"<w:docDefaults>.*?</w:docDefaults>", lambda _: defaults, text, flags=re.DOTALL)
    made = _styles(_font(sans), accent, "<w:pageBreakBefore/>" if project.kind == "book" else "")
    text = re.sub(
        r'<w:style\b[^>]*w:styleId="(\w+)"[^>]*>.*?</w:style>\s*',
        lambda found: "" if found[1] in made else found[0],
        text,
        flags=re.DOTALL,
    )
    return text.replace("</w:styles>", "".join(made.values()) + "</w:styles>")


def _choose_families(project: Project) -> tuple[str, str]:
    """The fonts of text and headings: the project's own, else ours or those of every Office."""
    usual = _OURS if project.kind == "book" else _OFFICE
    serif = project.option("docx", MAIN_FONT) or project.brand.families.get("base")
    sans = project.option("docx", SANS_FONT) or project.brand.families.get("headings") or serif
    return str(serif or usual[0]), str(sans or usual[1])


def _styles(sans: str, accent: str, chapter: str) -> dict[str, str]:
    """Our styles by id, each as Word has it; ``chapter`` says what headings of the first level do besides."""
    right = (
        f'<w:tabs><w:tab w:val="right" w:leader="{{}}" w:pos="{_PAPERS["a4"][0] - 2 * _MARGIN}"/></w:tabs>'
    )
    quiet, coloured, bold = '<w:color w:val="57606A"/>', f'<w:color w:val="{accent}"/>', "<w:b/>"
    keep = "<w:keepNext/><w:keepLines/>"
    head = {
        n: (
            f'{keep}{chapter if n == 1 else ""}{_space(before, after)}<w:outlineLvl w:val="{n - 1}"/>',
            f"{sans}{bold}{_size(size)}",
        )
        for n, before, after, size in (
            (1, 480, 160, 20),
            (2, 280, 100, 13.5),
            (3, 220, 80, 11.4),
            (4, 180, 60, 10.5),
        )
    }
    return {
        "Title": _style("Title", "Title", _space(0, 80), f"{sans}{bold}{_size(27)}"),
        "Subtitle": _style("Subtitle", "Subtitle", _space(0, 160), f"{sans}{quiet}{_size(15)}"),
        "Author": _style("Author", "Author", _space(0, 40), f"{sans}{quiet}{_size(10)}"),
        "Date": _style("Date", "Date", _space(0, 240), f"{sans}{quiet}{_size(10)}"),
        "BodyText": _style("BodyText", "Body Text", _space(0, 120), ""),
        "FirstParagraph": _style("FirstParagraph", "First Paragraph", _space(0, 120), "", "BodyText"),
        "Lead": _style("Lead", "Lead", f"{_BAR.format(accent)}{_space(60, 200, 280)}", _size(11.5)),
        "AfterTable": _style("AfterTable", "After Table", _space(200, 120), "", "BodyText"),
        "Compact": _style("Compact", "Compact", _space(0, 40), "", "BodyText"),
        **{f"Heading{n}": _style(f"Heading{n}", f"heading {n}", *look, follow="BodyText") for n, look in head.items()},
        "Caption": _style("Caption", "caption", f"{keep}{_space(200, 80)}", f"{sans}{_size(9.5)}"),
        "SmallPrint": _style("SmallPrint", "Small Print", f"{_space(20, 200)}<w:contextualSpacing/>", f"{sans}{quiet}{_size(8)}"),
        "SmallPrintKept": _style("SmallPrintKept", "Small Print Kept", keep, "", "SmallPrint"),
        "TableText": _style("TableText", "Table Text", _space(30, 20, 240), f"{sans}{_size(8.5)}"),
        "TableKept": _style("TableKept", "Table Kept", keep, "", "TableText"),
        "TableHead": _style("TableHead", "Table Head", f"{keep}{_space(40, 40, 240)}", f"{sans}{bold}{_size(8.5)}"),
        "Table": _TABLE,
        "Ledger": _style("Ledger", "Ledger", _space(0, 40, 240), f"{sans}{_size(8.5)}"),
        "LedgerKept": _style("LedgerKept", "Ledger Kept", keep, "", "Ledger"),
        "LedgerEvidence": _style("LedgerEvidence", "Ledger Evidence", _space(0, 20, 240), _size(8), "Ledger"),
        "LedgerHead": _style("LedgerHead", "Ledger Head", f"{keep}{_RULE}{_space(160, 40, 240)}", f"{sans}{_size(9.5)}"),
        "Bibliography": _style("Bibliography", "Bibliography", _space(0, 60, 240), f"{sans}{_size(8.5)}"),
        "FootnoteText": _style("FootnoteText", "footnote text", _space(0, 20, 240), f"{sans}{_size(8)}"),
        "Footer": _style("Footer", "footer", right.format("none"), f"{sans}{quiet}{_size(8)}"),
        "TOCHeading": _style("TOCHeading", "TOC Heading", f"{keep}{_space(0, 160)}", f"{sans}{bold}{_size(20)}"),
        **{
            f"TOC{n}": _style(f"TOC{n}", f"toc {n}", f'{right.format("none")}{_space(0, 20, 240)}<w:ind w:left="{280 * (n - 1)}"/>',
                              f"{sans}{bold if n == 1 else ''}{_size(9.5 if n == 1 else 9)}")
            for n in (1, 2, 3)
        },
        "ClaimMark": f'<w:style w:type="character" w:customStyle="1" w:styleId="ClaimMark"><w:name w:val="Claim Mark"/><w:rPr>{sans}{coloured}{_size(8)}</w:rPr></w:style>',
        "Hyperlink": f'<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:rPr>{coloured}</w:rPr></w:style>',
    }  # fmt: skip


# Light lines between rows, none upright, as in the PDF.
_LINE = '<w:{} w:val="single" w:sz="{}" w:space="0" w:color="{}"/>'
_TABLE = (
    '<w:style w:type="table" w:customStyle="1" w:styleId="Table"><w:name w:val="Table"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>'
    + _LINE.format("top", 12, "1B1F24")
    + _LINE.format("bottom", 4, "C9CED4")
    + _LINE.format("insideH", 4, "C9CED4")
    + '</w:tblBorders><w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="170" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    + '<w:tblStylePr w:type="firstRow"><w:tblPr/><w:tcPr><w:tcBorders>'
    + _LINE.format("bottom", 8, "1B1F24")
    + '</w:tcBorders><w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr></w:style>'
)
_BAR = '<w:pBdr><w:left w:val="single" w:sz="16" w:space="8" w:color="{}"/></w:pBdr>'
_RULE = '<w:pBdr><w:top w:val="single" w:sz="4" w:space="3" w:color="C9CED4"/></w:pBdr>'


def _style(key: str, name: str, paragraph: str, run: str, base: str = "Normal", follow: str = "") -> str:
    following = f'<w:next w:val="{follow}"/>' if follow else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/><w:basedOn w:val="{base}"/>{following}<w:qFormat/>'
        f"<w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
    )


def _space(before: int, after: int, line: int = 264) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="auto"/>'


def _font(family: str) -> str:
    name = html.escape(family)
    return f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:cs="{name}"/>'


def _size(points: float) -> str:
    return f'<w:sz w:val="{round(2 * points)}"/><w:szCs w:val="{round(2 * points)}"/>'


def _rewrite(body: bytes, changes: dict[str, Callable[[str], str]], more: Mapping[str, str | bytes]) -> bytes:
    """The archive with members changed and added; the same members, the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            if change := changes.get(item.filename):
                content = change(content.decode()).encode()
            new.writestr(zipfile.ZipInfo(item.filename), content, zipfile.ZIP_DEFLATED)
        for name, added in more.items():
            new.writestr(zipfile.ZipInfo(name), added, zipfile.ZIP_DEFLATED)
    return made.getvalue()
