from sourcebook.ledger.codebook import MARK, check_codebook, write_codebook
from sourcebook.ledger.schema import read_schema


def test_the_codebook_has_every_column_of_every_table(project):
    text = write_codebook(project.build()).read_text(encoding="utf-8")
    for table in read_schema(project.root).tables.values():
        assert f"`{table.path.removeprefix('data/')}`" in text
        assert all(f"| `{column.name}` | " in text for column in table.columns)
    assert "| `tolls` | number, or empty | thousand crowns | Tolls. |" in text
    assert "| `actors` | list of text, joined by `;`, or empty |" in text
    assert "**event** something that happened" in text


def test_what_people_wrote_above_stays(project):
    project.build()
    project.write("data/README.md", "# Ours\n\nBy hand.\n")
    text = write_codebook(project.root).read_text(encoding="utf-8")
    assert text.startswith(f"# Ours\n\nBy hand.\n\n{MARK}\n")
    assert write_codebook(project.root).read_text(encoding="utf-8") == text


def test_a_codebook_that_lags_behind_the_schema_is_named(project):
    schema = read_schema(project.build())
    assert [issue.what for issue in check_codebook(project.root, schema)] == ["the codebook is missing"]
    path = write_codebook(project.root)
    assert check_codebook(project.root, schema) == []
    path.write_text(path.read_text(encoding="utf-8").replace("Tolls.", "Fees."), encoding="utf-8")
    assert [issue.what for issue in check_codebook(project.root, schema)] == [
        "the codebook is not what datapackage.json says"
    ]


def test_the_codebook_of_this_report_agrees_with_its_headers(repository):
    assert check_codebook(repository, read_schema(repository)) == []
