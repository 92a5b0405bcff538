import json

import pypdf
import pytest

from sourcebook.cli import main
from sourcebook.edition import unpack
from sourcebook.edition.unpack import inspect_pdf, unpack_pdf
from sourcebook.errors import EditionError
from sourcebook.render.source.carried import hash_bytes


def manifest(files):
    return json.dumps(
        {"sourcebook": "0", "inputs": {name: hash_bytes(body) for name, body in files.items()}}
    ).encode()


@pytest.fixture
def pack(make_pdf):
    def make(files):
        return make_pdf(("manifest.json", manifest(files)), *files.items())

    return make


def test_a_project_comes_out_as_it_went_in(pack, tmp_path):
    files = {"_quarto.yml": b"title: x\n", "data/claims.csv": b"id\n"}
    unpack_pdf(pack(files), tmp_path / "out")
    found = {
        path.relative_to(tmp_path / "out").as_posix(): path.read_bytes()
        for path in (tmp_path / "out").rglob("*.*")
    }
    assert found == files
    assert not list(tmp_path.glob(".out*"))


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("../evil", "leads out of the folder"),
        ("/etc/passwd", "leads out of the folder"),
        ("data/../../evil", "leads out of the folder"),
        ("..\\evil", "forbidden characters"),
        ("C:evil", "forbidden characters"),
        ("a\nb", "forbidden characters"),
        (".git/hooks/post-checkout", "hidden or empty"),
        ("data//x", "hidden or empty"),
        ("", "impossible length"),
        ("x" * 300, "impossible length"),
        ("data/con.csv", "systems change"),
        ("data/x.", "systems change"),
    ],
)
def test_a_name_that_could_do_harm_is_refused(pack, tmp_path, name, what):
    with pytest.raises(EditionError, match=what):
        unpack_pdf(pack({"good": b"1", name: b"2"}), tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made.pdf"]


@pytest.mark.parametrize(
    ("names", "what"),
    [
        (("data/A.csv", "data/a.csv"), "capitals only"),
        (("data", "data/a.csv"), "below a name that is a file"),
    ],
)
def test_names_that_collide_are_refused(pack, tmp_path, names, what):
    with pytest.raises(EditionError, match=what):
        unpack_pdf(pack(dict.fromkeys(names, b"1")), tmp_path / "out")


def test_two_attachments_of_one_name_are_refused(make_pdf):
    with pytest.raises(EditionError, match="two attachments have this name"):
        inspect_pdf(make_pdf(("a", b"1"), ("a", b"2")))


def test_a_bomb_is_refused_before_it_goes_off(pack, tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "ATTACHED_BYTES", 1_000_000)
    with pytest.raises(EditionError, match="larger than a report's can be"):
        unpack_pdf(pack({f"{n}.csv": bytes(400_000) for n in range(4)}), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_bomb_in_one_stream_is_refused(pack):
    with pytest.raises(EditionError, match=r"cannot be read|larger than"):
        inspect_pdf(pack({"x.csv": bytes(90 * 2**20)}))


@pytest.mark.parametrize("share", [0, 0.3, 0.6, 0.95])
def test_a_file_cut_off_is_refused_in_a_sentence(pack, tmp_path, share, capsys):
    whole = pack({"a.csv": b"1" * 5000}).read_bytes()
    cut = tmp_path / "cut.pdf"
    cut.write_bytes(whole[: int(len(whole) * share)])
    assert main(["unpack", str(cut), str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "cut off, damaged, or not a PDF" in said
    assert "Traceback" not in said


def test_a_pdf_of_other_origin_is_told_apart(make_pdf):
    with pytest.raises(EditionError, match="carries no project"):
        inspect_pdf(make_pdf(("invoice.xml", b"<x/>")))
    with pytest.raises(EditionError, match="carries no project"):
        inspect_pdf(make_pdf(("manifest.json", b"[1]")))


def test_what_the_manifest_does_not_say_is_not_written(make_pdf, tmp_path, capsys):
    pdf = make_pdf(("manifest.json", manifest({"a": b"1", "b": b"2"})), ("a", b"x"), ("c", b"3"))
    assert main(["inspect", str(pdf)]) == 1
    said = capsys.readouterr().err
    assert "a: not what the manifest says" in said
    assert "b: listed in the manifest and not attached" in said
    assert "c: attached and not listed in the manifest" in said
    with pytest.raises(EditionError, match="nothing was written"):
        unpack_pdf(pdf, tmp_path / "out")


def test_a_folder_with_something_in_it_is_left_alone(pack, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine").write_text("x")
    with pytest.raises(EditionError, match="not an empty folder"):
        unpack_pdf(pack({"a": b"1"}), tmp_path / "out")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(EditionError, match="not an empty folder"):
        unpack_pdf(pack({"a": b"1"}), tmp_path / "link")


@pytest.mark.parametrize(
    "key", ["title", "edition", "newest_source", "tools", "inputs", "outputs", "verdicts", "sourcebook"]
)
@pytest.mark.parametrize("value", [[1], {"a": [1]}, 7, None, ["a", {"b": 1}]])
def test_a_manifest_of_wrong_kinds_is_refused_in_a_sentence(tmp_path, capsys, key, value):
    content = {
        "title": "T",
        "edition": "",
        "newest_source": "",
        "sourcebook": "1",
        "tools": {},
        "inputs": {},
    } | {key: value}
    writer = pypdf.PdfWriter()
    writer.add_blank_page(9, 9)
    writer.add_attachment("manifest.json", json.dumps(content).encode())
    writer.write(tmp_path / "a.pdf")
    assert main(["inspect", "--files", str(tmp_path / "a.pdf")]) == 2
    assert "not a manifest" in capsys.readouterr().err
