import pytest

from sourcebook.ledger.sources import read_sources


def find_issues(project):
    return [str(issue) for issue in read_sources(project.root)[1]]


@pytest.mark.parametrize("issued", ["2013-05-04", {"date-parts": [[2013, 5, 4]]}])
def test_a_source_knows_its_date_origin_and_grade(project, issued):
    project.write_sources({"issued": issued})
    source = read_sources(project.root)[0]["gazette"]
    assert (source.issued, source.origin, source.reliability) == ("2013-05-04", "Northtown council", "A")
    assert source.publisher == "Town Gazette"


@pytest.mark.parametrize(
    ("change", "issue"),
    [
        ({"URL": "javascript:alert(1)"}, "not an http(s) link"),
        ({"URL": "example.org"}, "not an http(s) link"),
        ({"URL": None}, "a missing field"),
        (
            {"titel": "x"},
            "an unknown field (found titel; expected a field of CSL; to mend: did you mean title?)",
        ),
        ({"type": "newspaper"}, "an unknown type (found newspaper"),
        ({"id": "a b"}, "not a key"),
        ({"issued": "2013-02-30"}, "an impossible date in issued"),
        ({"issued": {"date-parts": [[2013, 13]]}}, "an impossible date in issued"),
        ({"issued": {"season": "spring"}}, "an impossible date in issued"),
        ({"custom": {"reliability": "Z", "origin": "x"}}, "an unknown reliability (found 'Z'"),
        ({"custom": {"reliability": "A"}}, "no origin"),
        ({"custom": None}, "no reliability"),
        ({"custom": {"reliability": "A", "origin": "x", "mood": "y"}}, "an unknown field (found custom.mood"),
        ({"container-title": None}, "expected publisher or container-title"),
    ],
)
def test_a_bad_field_is_named_with_its_source(project, change, issue):
    project.write_sources(change)
    assert any(issue in found and "data/sources.yaml, line 2" in found for found in find_issues(project))


def test_a_key_may_not_stand_twice(project):
    project.write_sources({}, {})
    assert "a duplicate source (found gazette" in find_issues(project)[0]


@pytest.mark.parametrize(
    ("content", "issue"),
    [
        ("references: [", "not YAML"),
        ("- a", "not a list of references"),
        ("", "not a list of references"),
        ("references:\n- just text\n", "line 2: not a reference"),
        ("references:\n- id: a\n  id: b\n", "line 2: a field stands twice (found id"),
        ("references: [{? [a] : b}]", "not"),
        ("references: !!python/object:os.system {}", "not a list"),
    ],
)
def test_a_damaged_file_is_named(project, content, issue):
    project.write("data/sources.yaml", content)
    assert any(issue in found for found in find_issues(project))
