"""What happens to the tree between pandoc's reading and a writer: ``PASSES``, in order, a file each."""

from __future__ import annotations

from collections.abc import Callable

from sourcebook.render.passes.annotations import annotate_code
from sourcebook.render.passes.balance import balance_tags
from sourcebook.render.passes.check import check_dialect
from sourcebook.render.passes.cite import set_citations
from sourcebook.render.passes.clean import clean
from sourcebook.render.passes.conditions import select_by_metadata
from sourcebook.render.passes.dialect import normalise
from sourcebook.render.passes.exhibits import arrange_parts, bare_sources, check_exhibits, tell_faults
from sourcebook.render.passes.filters import apply_filters
from sourcebook.render.passes.frames import read_frames
from sourcebook.render.passes.headings import (
    add_title,
    mend_headings,
    open_parts,
    take_abstract,
    take_title,
)
from sourcebook.render.passes.join import join
from sourcebook.render.passes.lists import read_lists
from sourcebook.render.passes.media import lead_links, locate_media
from sourcebook.render.passes.number import number
from sourcebook.render.passes.players import link_players
from sourcebook.render.passes.references import resolve_references
from sourcebook.render.passes.side_notes import note_citations
from sourcebook.render.passes.state import ChapterTree, ReportTree
from sourcebook.render.passes.tags import read_tags
from sourcebook.render.passes.widths import set_widths

# Each changes a chapter by itself; what they leave is kept for the next build.
CHAPTER_PASSES: tuple[Callable[[ChapterTree], None], ...] = (
    join,  # outputs of cells stand where their placeholders stood
    check_dialect,  # what Quarto would obey and nothing here does is named
    read_frames,  # HTML outputs are tables and text
    read_lists,  # <ul> and <ol> are lists
    read_tags,  # <img> is a picture, <a id> an anchor
    link_players,  # <audio> and <video> are links to what they play
    clean,  # nothing can act in a reader's browser
    balance_tags,  # what a cell opens ends with it
    select_by_metadata,  # what metadata hide is gone
    apply_filters,  # tables written as lists, diagrams, appendices … are what they mean
    normalise,  # figures, tables, callouts … each have one form
    annotate_code,  # marks in code lead to the list behind it, in the formats that shall have them
    add_title,  # a book's chapter has its title from its front matter
    check_exhibits,  # captions and alternative texts are there
    set_widths,  # columns are as wide as asked
)
# Each changes the whole report, once, before any writer.
REPORT_PASSES: tuple[Callable[[ReportTree], None], ...] = (
    take_title,  # a document has its title from its only heading
    open_parts,  # titles of parts stand before their first chapter
    locate_media,  # pictures are found, below the project's folder
    tell_faults,  # what readers will miss is told
    mend_headings,  # no heading skips a level or is empty
    number,  # headings and exhibits have numbers and anchors
    lead_links,  # links to chapters lead to their sections
    resolve_references,  # @fig-x is a link; nothing refers to what does not exist
    arrange_parts,  # what stands side by side is wrapped; exhibits inside others do not float
    set_citations,  # citeproc has set citations and bibliography
    bare_sources,  # an exhibit's source is a citation without brackets
    take_abstract,  # the abstract is apart, for the title page
    note_citations,  # citations in the running text are notes, where the margin shall have them
)
PASSES = (*CHAPTER_PASSES, *REPORT_PASSES)
