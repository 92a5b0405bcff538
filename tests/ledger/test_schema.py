import json

import pytest

from sourcebook.errors import LedgerError
from sourcebook.ledger.schema import CORE, PACKAGE, read_schema


def test_the_schema_is_the_data_package(project):
    schema = read_schema(project.build())
    kind = next(column for column in schema.tables["claims"].columns if column.name == "kind")
    assert kind.required
    assert kind.enum[:2] == ("event", "quantity")
    assert schema.tables["evidence"].links == (("claim", "claims", "id"),)
    assert list(schema.series) == ["tolls"]


def test_every_project_has_the_core_tables(project):
    project.package["resources"] = [r for r in project.package["resources"] if r["name"] != "events"]
    with pytest.raises(LedgerError, match="the table 'events' is not described"):
        read_schema(project.build())


def test_a_core_table_has_the_columns_that_the_rules_read(project):
    root = project.build()
    package = json.loads((root / PACKAGE).read_text())
    schema = next(made["schema"] for made in package["resources"] if made["name"] == "claims")
    schema["fields"] = [field for field in schema["fields"] if field["name"] != "section"]
    (root / PACKAGE).write_text(json.dumps(package))
    with pytest.raises(LedgerError, match="table claims: the column 'section' is not described"):
        read_schema(root)


def test_a_series_says_where_its_rows_come_from(project):
    tolls = project.package["resources"][-1]
    schema = tolls["schema"] | {"fields": tolls["schema"]["fields"][:2]}
    project.package["resources"][-1] = tolls | {"schema": schema}
    with pytest.raises(LedgerError, match=r"basis.*\n.*source"):
        read_schema(project.build(tolls=[]))


@pytest.mark.parametrize("constraints", [{"pattern": "("}, {"minimum": "one"}, {"pattern": 1}])
def test_a_constraint_must_make_sense(project, constraints):
    claims = next(r for r in project.package["resources"] if r["name"] == "claims")
    claims["schema"]["fields"][0]["constraints"] = constraints
    with pytest.raises(LedgerError, match="not a data package we can read"):
        read_schema(project.build())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "line 1, is not JSON"),
        (b"[]", "not a data package"),
        (b'{"resources": [{"name": "claims"}]}', "not a data package"),
        (b"\xff", "not UTF-8"),
    ],
)
def test_a_broken_package_is_named(project, content, message):
    project.build()
    project.write("data/datapackage.json", content)
    with pytest.raises(LedgerError, match=message):
        read_schema(project.root)


def test_links_and_types_must_make_sense(project):
    claims = next(r for r in project.package["resources"] if r["name"] == "claims")
    claims["schema"]["fields"][0]["type"] = "duration"
    claims["schema"]["foreignKeys"][0]["reference"]["fields"] = "name"
    with pytest.raises(LedgerError) as caught:
        read_schema(project.build())
    assert len(caught.value.issues) == 2


def test_the_template_has_this_reports_core_schema(repository, project):
    """The report closes some lists that a new project leaves open; apart from that there is one schema."""
    own = json.loads((repository / "data/datapackage.json").read_text(encoding="utf-8"))

    def shape(package):
        return {
            resource["name"]: [
                (field["name"], field["type"], field.get("constraints", {}).get("required", False))
                for field in resource["schema"]["fields"]
            ]
            for resource in package["resources"]
            if resource["name"] in CORE
        }

    assert shape(own) == shape(project.package)
