import datetime

import pytest

from sourcebook.ledger.article import read_description

GOOD = """\
title = "T"
date = "2025-06"
date_reason = "r"
sha256 = "%s"
thesis = "x helps y"
[[sections]]
id = "a"
heading = "A"
prefix = "aaa"
""" % ("0" * 64)  # fmt: skip


def test_the_last_day_of_an_inexact_date_counts(project):
    project.write("data/article.toml", GOOD)
    article, issues = read_description(project.root)
    assert not issues
    assert article.last_day == datetime.date(2025, 6, 30)
    assert [section.heading for section in article.sections] == ["A"]


@pytest.mark.parametrize(
    ("old", "new", "issue"),
    [
        ("title", "titel", "an unknown key (found titel"),
        ("title", "titel", "a missing text (found None; expected title"),
        ("2025-06", "2025-31", "an impossible date (found 2025-31"),
        ("0" * 64, "0" * 63, "not a SHA-256"),
        ('title = "T"', 'title = "T"\naddress = "javascript:1"', "not an http(s) link"),
        ("[[sections]]", "[[parts]]", "no sections"),
        ("prefix", "prefxi", "section 1: an unknown key (found prefxi"),
        ("[[sections]]", "[[sections]", "not TOML"),
        ('"aaa"\n', '"aaa"\n[[sections]]\nid="a"\nheading="B"\nprefix="bbb"\n', "two sections have the same id (found a"),
    ],
)  # fmt: skip
def test_a_fault_is_named(project, old, new, issue):
    project.write("data/article.toml", GOOD.replace(old, new))
    assert any(issue in str(found) for found in read_description(project.root)[1])
