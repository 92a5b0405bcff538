"""Authors as front matter names them: with their institutions, address and ORCID."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sourcebook.core import options
from sourcebook.render.source.contents import as_list
from sourcebook.render.words import translate

if TYPE_CHECKING:
    from sourcebook.render.source.project import Project

# What is shown of an author.
PERSON = {"name", "affiliation", "affiliations", "email", "orcid"}


@dataclass(frozen=True)
class Person:
    """One author; ``affiliations`` are names of institutions."""

    name: str
    affiliations: tuple[str, ...] = ()
    email: str = ""
    orcid: str = ""


def read_people(meta: Mapping[str, Any]) -> tuple[Person, ...]:
    """The authors of ``meta``, in order."""
    people = as_list(options.AUTHOR.of(meta) or options.AUTHORS.of(meta))
    places = [
        *as_list(options.AFFILIATIONS.of(meta)),
        *(place for person in people for place in _list_places(person)),
    ]
    known = {str(place["id"]): _name(place) for place in places if isinstance(place, dict) and "id" in place}
    found = [_read(person, known) for person in people]
    return tuple(person for person in found if person.name)


def describe_people(project: Project) -> list[str]:
    """A line for each author of a document, with all that is known of them; none where that is no more than names."""
    lines = [
        ", ".join((person.name, *person.affiliations, *filter(None, (person.email, person.orcid))))
        for person in project.people
    ]
    names = [person.name for person in project.people]
    return lines if project.kind != "book" and lines != names else []


def open_document(project: Project, date: str) -> list[str]:
    """The lines below a document's title: each author once, with all that is known of them, and ``date``."""
    people = describe_people(project)
    names = "" if people else project.author
    return list(filter(None, [*people, ", ".join(filter(None, (names, date)))]))


def list_keywords(project: Project) -> str:
    """The keywords of a document as a line of it; those of a book are for libraries."""
    shown = "; ".join(project.keywords)
    return f"{translate('Keywords', project.lang)}: {shown}" if shown and project.kind != "book" else ""


def _read(value: Any, known: Mapping[str, str]) -> Person:
    if not isinstance(value, dict):
        return Person(" ".join(str(value or "").split()))
    return Person(
        _name(value),
        tuple(filter(None, (_find(place, known) for place in _list_places(value)))),
        str(value.get("email") or ""),
        str(value.get("orcid") or "").rstrip("/").rpartition("/")[2],
    )


def _list_places(person: Any) -> Sequence[Any]:
    """The institutions of an author, as they are given; one with an ``id`` may be named by others."""
    if not isinstance(person, dict):
        return []
    return [*as_list(person.get("affiliation")), *as_list(person.get("affiliations"))]


def _find(place: Any, known: Mapping[str, str]) -> str:
    """The name of an institution given by name, in parts, or by its id."""
    if not isinstance(place, dict):
        return known.get(str(place), str(place))
    return known.get(str(place["ref"]), "") if "ref" in place else _name(place)


def _name(value: Mapping[str, Any]) -> str:
    name = value.get("name") or ""
    if isinstance(name, dict):
        name = name.get("literal") or " ".join(str(name[key]) for key in ("given", "family") if name.get(key))
    return " ".join(str(name).split())
