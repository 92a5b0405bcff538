"""A kept result is shown only if nothing changed that could have changed it.

The tables name each kind of dependency once: what a cell reads, what is changed, what must be seen then. The property
test makes random edits to a small book, one after the other, and compares every byte with a clean build of a copy.
Four such sequences meet each kind of edit once, two before each build; at length 200, with a build after each edit.
SOURCEBOOK_SEQUENCES=600 makes more, SOURCEBOOK_SEED=7 repeats the one that was told of.
"""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import http.server
import importlib.util
import json
import os
import pickle
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import sourcebook
from sourcebook.execute.warm import find_heavy

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="kernels are not kept warm where there is no fork"),
]
AT_LENGTH = bool(os.environ.get("SOURCEBOOK_AT_LENGTH"))
SEQUENCES = int(os.environ.get("SOURCEBOOK_SEQUENCES") or (200 if AT_LENGTH else 4))
SEED = os.environ.get("SOURCEBOOK_SEED")
SOURCE = Path(sourcebook.__file__).parents[1]
MAKEFILE = SOURCE / "sourcebook/ledger/template/Makefile"

# Builds are forks of one process that has imported the tool and done nothing else: what a new process is, sooner. What
# their kernels are forked from stays from build to build, as in a preview, while it suits.
BUILDER = """
import atexit, gc, json, os, shutil, sys
import IPython.paths, ipykernel.kernelspec, jupyter_client.provisioning, nbformat.validator
import sourcebook.cli, sourcebook.execute.pool, sourcebook.render.early, sourcebook.render.export.outputs
import sourcebook.render.report
from sourcebook.execute import fork_client
from sourcebook.execute.environment import kernel_variables, session_folder
from sourcebook.render.formats import find_format, list_formats

def keep_server(modules):
    for server in servers.copy():
        if server._process.poll() is not None:  # a build found it outdated
            fork_client.retire(server)
            servers.remove(server)
    server = fork_client.find_server(modules, kernel_variables(), [])
    if server in servers:
        servers.remove(server)
    servers.append(server)
    if len(servers) > 6:
        fork_client.retire(servers[0])
        servers.pop(0).close()

# What each build would read anew and find the same.
list(map(find_format, list_formats()))
jupyter_client.provisioning.KernelProvisionerFactory.instance()
nbformat.validator.get_validator()
servers = []
gc.collect()
gc.freeze()  # no build need look through what all of them have, nor take it down in the end
for line in sys.stdin:
    asked = json.loads(line)
    os.environ.clear()
    os.environ.update(asked["environment"])
    keep_server(asked["modules"])
    child = os.fork()
    if not child:
        with open(asked["said"], "wb") as said:
            for descriptor in (1, 2):
                os.dup2(said.fileno(), descriptor)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.chdir(asked["folder"])
        atexit.unregister(shutil.rmtree)  # of folders that servers live in
        session_folder.cache_clear()
        sys.path[1:1] = asked["environment"].get("PYTHONPATH", "").split(":")
        sys.argv = ["sourcebook", *asked["words"]]
        sys.exit(sourcebook.cli.main(asked["words"]))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
PROGRAM = "import sys; from sourcebook.cli import main; sys.exit(main(sys.argv[1:]))"


class Builder:
    """Runs the command line in a fork of a process that has imported it."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None

    def run(
        self,
        words: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        said: Path,
        modules: Sequence[str] = (),
    ) -> int:
        """Its exit status; ``modules`` are those that its kernels want imported ahead."""
        if not self.process:
            command = [sys.executable, "-W", "ignore", "-c", BUILDER]
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(environment)
            )
        assert self.process.stdin
        assert self.process.stdout
        asked = {
            "words": words,
            "folder": str(folder),
            "environment": environment,
            "said": str(said),
            "modules": modules,
        }
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def close(self) -> None:
        if self.process:
            assert self.process.stdin
            assert self.process.stdout
            self.process.stdin.close()
            self.process.wait()
            self.process.stdout.close()


class Place:
    """A folder with a project in it, and what lies outside of the project: other data, a home, packages."""

    def __init__(self, folder: Path, builder: Builder, common: Path) -> None:
        self.folder, self.builder, self.common = folder, builder, common
        self.root, self.outside, self.home, self.packages = (
            folder / name for name in ("project", "outside", "home", "packages")
        )
        self.formats = "md"  # pages hold the same in more time
        self.variables: dict[str, str] = {}
        self.parameters: list[str] = []

    @property
    def render(self) -> list[str]:
        return ["--to", self.formats, "--jobs", "2", *self.parameters]

    def lay_out(self, chapters: Mapping[str, str]) -> Place:
        """A book of these chapters, Quarto Markdown by name, in an empty surrounding."""
        for folder in (self.root / "data", self.outside, self.home / ".cache", self.packages):
            folder.mkdir(parents=True)
        names = ", ".join(["index.md", *chapters])
        settings = f"project: {{type: book, output-dir: _build}}\nbook: {{title: Small, output-file: report, chapters: [{names}]}}\n"
        self.write("_quarto.yml", settings)
        self.write("index.md", "Before all.\n")
        self.write("Makefile", MAKEFILE.read_bytes())
        for name, text in chapters.items():
            self.write(name, text)
        return self

    def write(self, name: str, content: str | bytes) -> Path:
        """A file of the project (a name with ``../`` leads outside); folders are made."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the machine's own but where programs are."""
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",  # without one a new Python sets LC_CTYPE, and a fork does not
            "HOME": str(self.home),
            "MPLCONFIGDIR": str(self.common / "matplotlib"),
            "PYTHONPATH": f"{self.packages}:{SOURCE}",
            "PYTHONDONTWRITEBYTECODE": "1",
        } | self.variables

    def build(self, *more: str) -> int:
        words = ["render", str(self.root), *self.render, *more]
        self.fonts()
        modules = find_heavy(path.read_text() for path in self.root.glob("*.qmd"))
        return self.builder.run(words, self.root, self.environment, self.folder / "said.txt", modules)

    def make(self) -> int:
        """The same through the Makefile that ``new`` writes, by a command that asks for the same formats."""
        self.fonts()
        script = self.folder / "sourcebook"
        words = " ".join(self.render)
        script.write_text(f"#!/bin/sh\nexec '{sys.executable}' -W ignore -c '{PROGRAM}' \"$@\" {words}\n")
        script.chmod(0o755)
        with (self.folder / "said.txt").open("wb") as said:
            command = ["make", f"SOURCEBOOK={script}"]
            done = subprocess.run(
                command, cwd=self.root, env=self.environment, stdout=said, stderr=said, check=False
            )
        return done.returncode

    def ask(self, *words: str) -> str:
        """What another command says of the project."""
        self.builder.run(words, self.root, self.environment, self.folder / "said.txt")
        return self.said

    def fonts(self) -> None:
        """Fonts cut already: that takes most of a first build."""
        kept, own = self.common / "fonts", self.root / "_build/.fonts"
        if kept.is_dir() and not own.exists():
            shutil.copytree(kept, own, copy_function=os.link)
        elif own.is_dir() and not kept.exists():
            with contextlib.suppress(OSError):  # somebody else did the same meanwhile
                shutil.copytree(own, self.common / uuid.uuid4().hex).rename(kept)

    @property
    def said(self) -> str:
        return (self.folder / "said.txt").read_text()

    def read(self) -> dict[str, bytes]:
        """What was written: the documents, and each other file of the project that a chapter may have written."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            name = path.relative_to(self.root)
            hidden = any(part.startswith(".") or part == "__pycache__" for part in name.parts[:-1])
            if not hidden and path.is_file() and name.name != "report.d":
                found[str(name)] = path.read_bytes()
        return found

    def text(self) -> str:
        return (self.root / "_build/report.md").read_text()

    def copy(self, folder: Path) -> Place:
        """The same project and surroundings elsewhere, never built."""
        skip = shutil.ignore_patterns("_build", "__pycache__", "said.txt", "sourcebook")
        shutil.copytree(self.folder, folder, symlinks=True, ignore=skip)
        other = Place(folder, self.builder, self.common)
        other.variables, other.parameters = dict(self.variables), list(self.parameters)
        other.formats = self.formats
        return other

    def digest(self) -> str:
        """Of everything a clean build could depend on."""
        told = hashlib.sha256(json.dumps([self.variables, self.parameters]).encode())
        for path in sorted(self.folder.rglob("*")):
            name = str(path.relative_to(self.folder))
            if name.startswith(("project/_build", "said", "sourcebook")) or "__pycache__" in name:
                continue
            state = path.lstat().st_mode
            content = (
                str(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else ""
            )
            told.update(f"{name}\0{state}\0{content!r}\0".encode())
        return told.hexdigest()


@pytest.fixture(scope="session")
def common(tmp_path_factory) -> Path:
    """What all projects share: the font list of matplotlib, fonts that were cut."""
    return tmp_path_factory.mktemp("common")


@pytest.fixture(scope="session")
def builder():
    started = Builder()
    yield started
    started.close()


@pytest.fixture(scope="session")
def ground(tmp_path_factory) -> Path:
    """Where all projects are laid out, one after the other: what runs their kernels suits the next one too."""
    return tmp_path_factory.mktemp("ground")


@pytest.fixture
def place(ground, builder, common) -> Place:
    shutil.rmtree(ground)
    ground.mkdir()
    return Place(ground / "place", builder, common)


# ---- What cells read ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """A way of reading: ``body`` is a function's, ``write(root, value)`` lays out what it reads for a value 1 to 9.

    ``again``, for what cannot be written over, changes it otherwise; ``needs`` are packages.
    """

    body: str
    write: Callable[[Path, int], Any]
    needs: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


def put(name: str, text: str = "{}\n") -> Callable[[Path, int], Any]:
    """Writes a text that holds the value."""

    def write(root: Path, value: int) -> None:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("{}", str(value)))

    return write


def put_frame(name: str, how: str, **options: Any) -> Callable[[Path, int], Any]:
    def write(root: Path, value: int) -> None:
        import pandas as pd

        (root / name).parent.mkdir(parents=True, exist_ok=True)
        getattr(pd.DataFrame({"a": [value, 2]}), how)(root / name, **options)

    return write


def put_array(name: str) -> Callable[[Path, int], Any]:
    def write(root: Path, value: int) -> None:
        import numpy as np

        np.save(root / name, np.array([value]))

    return write


def put_sqlite(name: str, mode: str = "delete") -> Callable[[Path, int], Any]:
    def write(root: Path, value: int) -> None:
        connection = sqlite3.connect(root / name)
        connection.execute(f"pragma journal_mode={mode}")
        connection.executescript(f"drop table if exists t; create table t(a); insert into t values({value})")
        connection.commit()
        connection.close()

    return write


def put_duckdb(root: Path, value: int) -> None:
    import duckdb

    (root / "data/x.duckdb").unlink(missing_ok=True)
    with duckdb.connect(str(root / "data/x.duckdb")) as connection:
        connection.execute(f"create table t as select {value} as a")


def put_hdf(root: Path, value: int) -> None:
    import h5py

    with h5py.File(root / "data/x.h5", "w", track_order=False) as file:
        file.create_dataset("a", data=[value], track_times=False)


def put_netcdf(root: Path, value: int) -> None:
    import netCDF4

    with netCDF4.Dataset(root / "data/x.nc", "w") as file:
        file.createDimension("n", 1)
        file.createVariable("a", "i4", ("n",))[:] = [value]


def put_raster(root: Path, value: int) -> None:
    import numpy as np
    import rasterio

    profile = {
        "driver": "GTiff",
        "height": 1,
        "width": 1,
        "count": 1,
        "dtype": "uint8",
        "transform": rasterio.Affine(2, 0, 0, 0, -2, 0),
    }
    with rasterio.open(root / "data/x.tif", "w", **profile) as file:
        file.write(np.array([[value]], dtype="uint8"), 1)


def put_layer(root: Path, value: int) -> None:
    import geopandas
    from shapely.geometry import Point

    (root / "data/x.gpkg").unlink(missing_ok=True)
    geopandas.GeoDataFrame({"a": [value]}, geometry=[Point(0, 0)], crs=4326).to_file(root / "data/x.gpkg")


def put_link(root: Path, value: int) -> None:
    (root / f"data/to{value}.txt").write_text(f"{value}\n")
    (root / "data/link").unlink(missing_ok=True)
    (root / "data/link").symlink_to(f"to{value}.txt")


def put_bit(root: Path, value: int) -> None:
    (root / "data/bit").write_text("#!/bin/sh\n")
    (root / "data/bit").chmod(0o755 if value % 2 else 0o644)


def put_many(root: Path, value: int) -> None:
    """As many files as ``value`` says, a folder each."""
    shutil.rmtree(root / "data/many", ignore_errors=True)
    for number in range(value):
        (root / f"data/many/d{number}").mkdir(parents=True)
        (root / f"data/many/d{number}/x.txt").write_text("x")


def put_twin(root: Path, value: int) -> None:
    (root / "data/one.txt").write_text("1\n")
    (root / "data/two.txt").write_text(f"{value}\n")


def put_gzip(root: Path, value: int) -> None:
    import gzip

    (root / "data/x.gz").write_bytes(gzip.compress(f"{value}\n".encode(), mtime=0))


def put_zip(root: Path, value: int) -> None:
    import zipfile

    with zipfile.ZipFile(root / "data/x.zip", "w") as file:
        file.writestr("x.txt", f"{value}\n")


def put_package(root: Path, value: int) -> None:
    """An installed package that is edited in place: its version stays."""
    installed = root.parent / "packages"
    (installed / "fakepack-1.0.dist-info").mkdir(parents=True, exist_ok=True)
    (installed / "fakepack-1.0.dist-info/METADATA").write_text(
        "Metadata-Version: 2.1\nName: fakepack\nVersion: 1.0\n"
    )
    (installed / "fakepack").mkdir(exist_ok=True)
    (installed / "fakepack/__init__.py").write_text(f"VALUE = {value}\n")
    (installed / "fakepack/table.txt").write_text(f"{value}\n")


def put_version(root: Path, value: int) -> None:
    installed = root.parent / "packages"
    for old in installed.glob("fakepack*.dist-info"):
        shutil.rmtree(old)
    (installed / f"fakepack-{value}.0.dist-info").mkdir(parents=True)
    metadata = f"Metadata-Version: 2.1\nName: fakepack\nVersion: {value}.0\n"
    (installed / f"fakepack-{value}.0.dist-info/METADATA").write_text(metadata)


def put_optional(root: Path, value: int) -> None:
    """A module that is there only for 2 and above."""
    (root / "maybe.py").unlink(missing_ok=True)
    if value > 1:
        (root / "maybe.py").write_text(f"VALUE = {value}\n")


def put_shadow(root: Path, value: int) -> None:
    """A module that lies far behind on the path for 1, and is hidden by one beside the chapter above that."""
    (root / "back").mkdir(exist_ok=True)
    (root / "back/shaded.py").write_text("VALUE = 1\n")
    (root / "shaded.py").unlink(missing_ok=True)
    if value > 1:
        (root / "shaded.py").write_text(f"VALUE = {value}\n")


def put_portions(root: Path, value: int) -> None:
    """A namespace package, of which a second portion comes later."""
    for number in range(value):
        (root / f"portions/spread/p{number}").mkdir(parents=True, exist_ok=True)
        (root / f"portions/spread/p{number}/__init__.py").write_text("")


def put_code_zip(root: Path, value: int) -> None:
    import zipfile

    with zipfile.ZipFile(root / "data/code.zip", "w") as file:
        file.writestr("zipped.py", f"VALUE = {value}\n")


POOL = "import multiprocessing, helper\nwith multiprocessing.get_context('{}').Pool(1) as pool: return pool.map(helper.read, ['data/x.txt'])[0]"
HELPER = {"helper.py": "def read(path):\n    return open(path).read()\n"}
TEXT, TABLE, MODULE = put("data/x.txt"), put("data/x.csv", "a\n{}\n"), put("beside.py", "VALUE = {}\n")
ARRAY, DATABASE = put_array("data/x.npy"), put_sqlite("data/x.db")
PARQUET, PARTS = put_frame("data/x.parquet", "to_parquet"), put_frame("data/parts/0.parquet", "to_parquet")


def put_length(root: Path, value: int) -> None:
    (root / "data/x.txt").write_text("x" * value + "\n")


KINDS = {
    "open": Kind("return open('data/x.txt').read()", TEXT),
    "Path.read_text": Kind("from pathlib import Path\nreturn Path('data/x.txt').read_text()", TEXT),
    "os.open": Kind("import os\nreturn os.read(os.open('data/x.txt', os.O_RDONLY), 9).decode()", TEXT),
    "open with dir_fd": Kind("import os\nfolder = os.open('data', os.O_RDONLY)\nreturn os.read(os.open('x.txt', os.O_RDONLY, dir_fd=folder), 9).decode()", TEXT),
    "io.FileIO": Kind("import io\nreturn io.FileIO('data/x.txt').read().decode()", TEXT),
    "mmap": Kind("import mmap\nwith open('data/x.txt') as f: return mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)[:].decode()", TEXT),
    "linecache": Kind("import linecache\nreturn linecache.getline('data/x.txt', 1)", TEXT),
    "csv": Kind("import csv\nreturn list(csv.reader(open('data/x.csv')))[1][0]", TABLE),
    "json": Kind("import json\nreturn json.load(open('data/x.json'))", put("data/x.json")),
    "toml": Kind("import tomllib\nreturn tomllib.load(open('data/x.toml', 'rb'))['a']", put("data/x.toml", "a = {}\n")),
    "configparser": Kind("import configparser\nread = configparser.ConfigParser()\nread.read('data/x.ini')\nreturn read['a']['b']", put("data/x.ini", "[a]\nb = {}\n")),
    "pickle": Kind("import pickle\nreturn pickle.load(open('data/x.pkl', 'rb'))", lambda root, value: (root / "data/x.pkl").write_bytes(pickle.dumps(value))),
    "gzip": Kind("import gzip\nreturn gzip.open('data/x.gz', 'rt').read()", put_gzip),
    "zipfile": Kind("import zipfile\nreturn zipfile.ZipFile('data/x.zip').read('x.txt').decode()", put_zip),
    "pandas": Kind("import pandas\nreturn pandas.read_csv('data/x.csv').a[0]", TABLE),
    "numpy": Kind("import numpy\nreturn numpy.load('data/x.npy')[0]", ARRAY),
    "numpy, mapped": Kind("import numpy\nreturn numpy.load('data/x.npy', mmap_mode='r')[0]", ARRAY),
    "numpy.fromfile": Kind("import numpy\nreturn numpy.fromfile('data/x.txt', sep=' ')[0].astype(int)", TEXT),
    "sqlite3": Kind("import sqlite3\nreturn sqlite3.connect('data/x.db').execute('select a from t').fetchone()[0]", DATABASE),
    "sqlite3 by an address": Kind("import sqlite3\nreturn sqlite3.connect('file:data/x.db?mode=ro', uri=True).execute('select a from t').fetchone()[0]", DATABASE),
    "sqlite3, attached": Kind("import sqlite3\nopened = sqlite3.connect(':memory:')\nopened.execute(\"attach 'data/x.db' as other\")\nreturn opened.execute('select a from other.t').fetchone()[0]", DATABASE),
    "sqlite3, written ahead": Kind("import sqlite3\nopened = sqlite3.connect('file:data/x.db?mode=ro', uri=True)\nfound = opened.execute('select a from t').fetchone()[0]\nopened.close()\nreturn found", put_sqlite("data/x.db", "wal")),
    "pandas, parquet": Kind("import pandas\nreturn pandas.read_parquet('data/x.parquet').a[0]", PARQUET, ("pyarrow",)),
    "pandas, a folder of parquet": Kind("import pandas\nreturn pandas.read_parquet('data/parts').a[0]", PARTS, ("pyarrow",)),
    "pyarrow": Kind("import pyarrow.parquet\nreturn pyarrow.parquet.read_table('data/x.parquet')['a'][0]", PARQUET, ("pyarrow",)),
    "pyarrow, a data set": Kind("import pyarrow.dataset\nreturn pyarrow.dataset.dataset('data/parts').to_table()['a'][0]", PARTS, ("pyarrow",)),
    "pyarrow, csv": Kind("import pyarrow.csv\nreturn pyarrow.csv.read_csv('data/x.csv')['a'][0]", TABLE, ("pyarrow",)),
    "feather": Kind("import pandas\nreturn pandas.read_feather('data/x.feather').a[0]", put_frame("data/x.feather", "to_feather"), ("pyarrow",)),
    "polars": Kind("import polars\nreturn polars.read_csv('data/x.csv')['a'][0]", TABLE, ("polars",)),
    "polars, parquet": Kind("import polars\nreturn polars.read_parquet('data/x.parquet')['a'][0]", PARQUET, ("polars", "pyarrow")),
    "polars, lazy, by a pattern": Kind("import polars\nreturn polars.scan_csv('data/x*.csv').collect()['a'][0]", put("data/x1.csv", "a\n{}\n"), ("polars",)),
    "duckdb, a file in the question": Kind("import duckdb\nreturn duckdb.sql(\"select a from 'data/x.csv'\").fetchall()[0][0]", TABLE, ("duckdb",)),
    "duckdb": Kind("import duckdb\nreturn duckdb.connect('data/x.duckdb', read_only=True).execute('select a from t').fetchone()[0]", put_duckdb, ("duckdb",)),
    "h5py": Kind("import h5py\nreturn h5py.File('data/x.h5')['a'][0]", put_hdf, ("h5py",)),
    "netCDF4": Kind("import netCDF4\nreturn netCDF4.Dataset('data/x.nc')['a'][0]", put_netcdf, ("netCDF4",)),
    "xarray": Kind("import xarray\nreturn int(xarray.open_dataset('data/x.nc').a[0])", put_netcdf, ("netCDF4", "xarray")),
    "rasterio": Kind("import rasterio\nreturn rasterio.open('data/x.tif').read(1)[0, 0]", put_raster, ("rasterio",)),
    "geopandas": Kind("import geopandas\nreturn geopandas.read_file('data/x.gpkg').a[0]", put_layer, ("geopandas",)),
    "lxml": Kind("from lxml import etree\nreturn etree.parse('data/x.xml').getroot().text", put("data/x.xml", "<a>{}</a>"), ("lxml",)),
    "SQLAlchemy": Kind("import sqlalchemy\nwith sqlalchemy.create_engine('sqlite:///data/x.db').connect() as opened: return opened.execute(sqlalchemy.text('select a from t')).scalar()", DATABASE, ("sqlalchemy",)),
    "joblib": Kind("import joblib, helper\nreturn joblib.Parallel(n_jobs=2)(joblib.delayed(helper.read)(p) for p in ['data/x.txt'])[0]", TEXT, ("joblib",), HELPER),
    "a forked pool": Kind(POOL.format("fork"), TEXT, files=HELPER),
    "a spawned pool": Kind(POOL.format("spawn"), TEXT, files=HELPER),
    "a fork server's pool": Kind(POOL.format("forkserver"), TEXT, files=HELPER),
    "os.fork": Kind("import os\nout, into = os.pipe()\nif not os.fork():\n    try: os.write(into, open('data/x.txt', 'rb').read())\n    finally: os._exit(0)\nos.wait()\nos.close(into)\nreturn os.read(out, 9).decode()", TEXT),
    "a thread": Kind("import threading\nfound = []\nt = threading.Thread(target=lambda: found.append(open('data/x.txt').read()))\nt.start(); t.join()\nreturn found[0]", TEXT),
    "a program": Kind("import subprocess\nreturn subprocess.run(['cat', 'data/x.txt'], capture_output=True, text=True).stdout", TEXT),
    "os.popen": Kind("import os\nreturn os.popen('cat data/x.txt').read()", TEXT),
    "a line for the shell": Kind("return get_ipython().getoutput('cat data/x.txt')[0]", TEXT),
    "os.posix_spawn": Kind("import os\nout, into = os.pipe()\nos.waitpid(os.posix_spawn('/bin/cat', ['cat', 'data/x.txt'], {}, file_actions=[(os.POSIX_SPAWN_DUP2, into, 1)]), 0)\nos.close(into)\nreturn os.read(out, 9).decode()", TEXT),
    "a script of the project": Kind("import subprocess, sys\nreturn subprocess.run([sys.executable, 'data/script.py'], capture_output=True, text=True).stdout", put("data/script.py", "print({})\n")),
    "%run": Kind("get_ipython().run_line_magic('run', 'data/script.py')", put("data/script.py", "print('%run: <<{}>>')\n")),
    "runpy": Kind("import runpy\nreturn runpy.run_path('data/script.py')['a']", put("data/script.py", "a = {}\n")),
    "ctypes": Kind("import ctypes\nc = ctypes.CDLL(None)\nc.fopen.restype = ctypes.c_void_p\nf = ctypes.c_void_p(c.fopen(b'data/x.txt', b'r'))\nreturn chr(c.fgetc(f))", TEXT),
    "os.stat": Kind("import os\nreturn os.stat('data/x.txt').st_size - 1", put_length),
    "getsize": Kind("from os.path import getsize\nreturn getsize('data/x.txt') - 1", put_length),
    "Path.stat": Kind("from pathlib import Path\nreturn Path('data/x.txt').stat().st_size - 1", put_length),
    "os.stat with dir_fd": Kind("import os\nreturn os.stat('x.txt', dir_fd=os.open('data', os.O_RDONLY)).st_size - 1", put_length),
    "stat in a pool": Kind("import multiprocessing, os\nwith multiprocessing.get_context('fork').Pool(1) as pool: return pool.map(os.path.getsize, ['data/x.txt'])[0] - 1", put_length),
    "exists": Kind("import os\nreturn 1 + os.path.exists('maybe.py')", put_optional),
    "Path.is_file": Kind("from pathlib import Path\nreturn 1 + Path('maybe.py').is_file()", put_optional),
    "exists, in a module": Kind("import looks\nreturn looks.count()", put_optional, files={"looks.py": "from os import path\ndef count():\n    return 1 + path.exists('maybe.py')\n"}),
    "a file that is not there": Kind("try: return open('maybe.py').read()[8]\nexcept OSError: return 1", put_optional),
    "access": Kind("import os\nreturn 2 - os.access('data/bit', os.X_OK)", put_bit),
    "the executable bit": Kind("import pathlib\nreturn 2 - bool(pathlib.Path('data/bit').stat().st_mode & 0o100)", put_bit),
    "shutil.which": Kind("import shutil\nreturn 2 - bool(shutil.which('data/bit'))", put_bit),
    "islink": Kind("import os\nreturn 1 + os.path.islink('data/is')", lambda root, value: ((root / "data/is").unlink(missing_ok=True), (root / "data/is").write_text("") if value == 1 else (root / "data/is").symlink_to("x.txt"))),
    "readlink": Kind("import os\nreturn os.readlink('data/link')[2]", put_link),
    "realpath": Kind("import os\nreturn os.path.realpath('data/link')[-5]", put_link),
    "a link": Kind("return open('data/link').read()", put_link),
    "listdir": Kind("import os\nreturn len(os.listdir('data/many'))", put_many),
    "scandir": Kind("import os\nreturn len(list(os.scandir('data/many')))", put_many),
    "glob": Kind("import glob\nreturn len(glob.glob('data/many/*/x.txt'))", put_many),
    "rglob": Kind("import pathlib\nreturn len(list(pathlib.Path('data').rglob('x.txt')))", put_many),
    "os.walk": Kind("import os\nreturn len(list(os.walk('data/many'))) - 1", put_many),
    "filecmp": Kind("import filecmp\nreturn 2 - filecmp.cmp('data/one.txt', 'data/two.txt', shallow=False)", put_twin),
    "shutil.copy": Kind("import shutil, tempfile\nwith tempfile.TemporaryDirectory() as folder: return open(shutil.copy('data/x.txt', folder)).read()", TEXT),
    "a module beside": Kind("import beside\nreturn beside.VALUE", MODULE),
    "a module that a module imports": Kind("import first\nreturn first.get()", put("second.py", "VALUE = {}\n"), files={"first.py": "def get():\n    import second\n    return second.VALUE\n"}),
    "a package beside": Kind("from pack.part import VALUE\nreturn VALUE", put("pack/part.py", "VALUE = {}\n"), files={"pack/__init__.py": ""}),
    "data of a package": Kind("import importlib.resources\nreturn importlib.resources.files('pack').joinpath('x.txt').read_text()", put("pack/x.txt"), files={"pack/__init__.py": ""}),
    "a module by its path": Kind("import importlib.util\nspec = importlib.util.spec_from_file_location('m', 'data/m.py')\nm = importlib.util.module_from_spec(spec)\nspec.loader.exec_module(m)\nreturn m.VALUE", put("data/m.py", "VALUE = {}\n")),
    "a module in a zip": Kind("import sys\nsys.path.insert(0, 'data/code.zip')\nimport zipped\nreturn zipped.VALUE", put_code_zip),
    "a module that is forgotten again": Kind("import sys, beside\nfound = beside.VALUE\ndel sys.modules['beside']\nreturn found", MODULE),
    "an optional module": Kind("try:\n    import maybe\n    return maybe.VALUE\nexcept ImportError: return 1", put_optional),
    "find_spec": Kind("import importlib.util\nreturn 1 + bool(importlib.util.find_spec('maybe'))", put_optional),
    "a module that shadows another": Kind("import sys\nsys.path.append('back')\nimport shaded\nreturn shaded.VALUE", put_shadow),
    "a namespace package": Kind("import sys, pkgutil\nsys.path.insert(0, 'portions')\nimport spread\nreturn len(list(pkgutil.iter_modules(spread.__path__)))", put_portions),
    "a package edited in place": Kind("import fakepack\nreturn fakepack.VALUE", put_package),
    "data of an installed package": Kind("import importlib.resources\nreturn importlib.resources.files('fakepack').joinpath('table.txt').read_text()", put_package),
    "the version of a package": Kind("import importlib.metadata\nreturn importlib.metadata.version('fakepack')[0]", put_version),
    ".env": Kind("return dict(line.split('=') for line in open('.env'))['A']", put(".env", "A={}\n")),
    "a hidden folder": Kind("return open('.settings/x.txt').read()", put(".settings/x.txt")),
    "a file outside": Kind("return open('../outside/x.txt').read()", put("../outside/x.txt")),
    "a file in ~/.cache": Kind("import os\nreturn open(os.path.expanduser('~/.cache/x.txt')).read()", put("../home/.cache/x.txt")),
    "a module outside": Kind("import sys\nsys.path.insert(0, '../outside')\nimport far\nreturn far.VALUE", put("../outside/far.py", "VALUE = {}\n")),
    "a link that leads outside": Kind("import os\nos.path.islink('data/out') or os.symlink('../../outside/x.txt', 'data/out')\nreturn open('data/out').read()", put("../outside/x.txt")),
}  # fmt: skip


def write_cell(kind: str) -> str:
    """A cell that shows what ``kind`` reads, between marks; what fails is shown by the error's name."""
    body = KINDS[kind].body.replace("\n", "\n        ")
    return f"""
```{{python}}
def read():
    try:
        {body}
    except Exception as error:
        return type(error).__name__
found = read()
if found is not None: print({kind + ":"!r}, f"<<{{str(found).strip()}}>>")
```
"""


def write_chapter(title: str, kinds: Sequence[str], front: str = "", more: str = "") -> str:
    head = f"---\n{front}\n---\n\n" if front else ""
    return f"{head}# {title}\n{more}" + "".join(map(write_cell, kinds))


def is_there(kind: str) -> bool:
    return all(importlib.util.find_spec(name) for name in KINDS[kind].needs)


def prepare(place: Place, kind: str, value: int) -> None:
    for name, text in KINDS[kind].files.items():
        place.write(name, text)
    KINDS[kind].write(place.root, value)


def change(place: Place, kind: str, value: int) -> None:
    """Another value, where no size and no time of a file tells of it; only its inode's own clock does."""
    before = {
        path: path.lstat() for path in place.folder.rglob("*") if path.is_file() and not path.is_symlink()
    }
    KINDS[kind].write(place.root, value)
    for path, status in before.items():
        if path.is_file() and not path.is_symlink() and path.lstat().st_size == status.st_size:
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def gather_books() -> dict[str, list[str]]:
    """Kinds that read the very same are the chapters of one book: each in a kernel of its own, as in many books."""
    books: dict[Any, list[str]] = {}
    for name, kind in KINDS.items():
        books.setdefault((kind.write, kind.needs), []).append(name)
    return {
        kinds[0] + (f", and {len(kinds) - 1} more" if kinds[1:] else ""): kinds for kinds in books.values()
    }


BOOKS = gather_books()


@pytest.mark.parametrize("kinds", BOOKS.values(), ids=BOOKS)
def test_what_a_chapter_reads_makes_it_run_again(place, kinds):
    for name in KINDS[kinds[0]].needs:
        pytest.importorskip(name)
    place.lay_out({f"c{number}.qmd": write_chapter("Reads", [kind]) for number, kind in enumerate(kinds)})
    for kind in kinds:
        prepare(place, kind, 1)
    assert place.build() == 0, place.said
    assert list_missing(place, kinds, 1) == [], "the row itself is wrong"
    change(place, kinds[0], 2)
    assert place.build() == 0, place.said
    assert list_missing(place, kinds, 2) == []


def list_missing(place: Place, kinds: Sequence[str], value: int) -> list[str]:
    """The kinds that do not show ``value``."""
    return [kind for kind in kinds if f"{kind}: <<{value}>>" not in place.text()]


# ---- Further dependencies, told as what a chapter is, what is done to its surroundings, and what is seen then -----


@dataclass(frozen=True)
class Case:
    """``cell`` shows ``before``, and ``after`` once ``edit`` was done."""

    cell: str
    edit: Callable[[Place], Any]
    begin: Callable[[Place], Any] = lambda _: None
    before: str = "<<1>>"
    after: str = "<<2>>"
    front: str = ""
    text: str = ""
    needs: str = ""


SHOW = "print(f'<<{open(\"data/x.txt\").read().strip()}>>')"
ONE = put("data/x.txt")


def one(place: Place) -> None:
    ONE(place.root, 1)


def set_variable(name: str, value: str) -> Callable[[Place], Any]:
    return lambda place: place.variables.update({name: value})


def replace_by_older(place: Place) -> None:
    new = place.write("new.txt", "2\n")
    os.utime(new, (1_000_000_000, 1_000_000_000))
    new.replace(place.root / "data/x.txt")


def replace_folder(place: Place) -> None:
    (place.root / "data").rename(place.root / "old")
    place.write("data/x.txt", "2\n")


def turn_folder_link(place: Place, value: int) -> None:
    place.write(f"../outside/v{value}/x.txt", f"{value}\n")
    shutil.rmtree(place.root / "data") if not (place.root / "data").is_symlink() else (
        place.root / "data"
    ).unlink()
    (place.root / "data").symlink_to(f"../outside/v{value}")


def write_outside_parquet(value: int, name: str = "x.parquet") -> Callable[[Place], Any]:
    return lambda place: put_frame(f"../outside/{name}", "to_parquet")(place.root, value)


OUTSIDE = "import pandas\nprint(f'<<{pandas.read_parquet(\"../outside/x.parquet\").a[0]}>>')"
CASES = {
    "a file replaced by an older one": Case(SHOW, replace_by_older, one),
    "a folder replaced": Case(SHOW, replace_folder, one),
    "a link to a folder turned": Case(SHOW, lambda place: turn_folder_link(place, 2), lambda place: turn_folder_link(place, 1)),
    "a file renamed": Case("import os\nprint(os.listdir('data'))", lambda place: (place.root / "data/x.txt").rename(place.root / "data/y.txt"), one, "x.txt", "y.txt"),
    "an empty folder added": Case("import os\nprint(sorted(os.listdir('data')))", lambda place: (place.root / "data/y").mkdir(), one, "x.txt", "'y'"),
    "a file that a folder of parquet gained": Case("import pandas\nprint(f'<<{len(pandas.read_parquet(\"data/parts\")) // 2}>>')", lambda place: put_frame("data/parts/1.parquet", "to_parquet")(place.root, 1), lambda place: put_frame("data/parts/0.parquet", "to_parquet")(place.root, 1), needs="pyarrow"),
    "a file that a pattern of duckdb gained": Case("import duckdb\ncount = duckdb.sql(\"select count(*) from read_csv('data/*.csv')\").fetchall()[0][0]\nprint(f'<<{count}>>')", lambda place: place.write("data/b.csv", "a\n1\n"), lambda place: place.write("data/a.csv", "a\n1\n"), needs="duckdb"),
    "what a row of sqlite's log says": Case("import sqlite3\nprint(f\"<<{sqlite3.connect('file:data/x.db?mode=ro', uri=True).execute('select max(a) from t').fetchone()[0]}>>\")", lambda place: leave_in_log(place, 2), lambda place: put_sqlite("data/x.db", "wal")(place.root, 1)),
    "an include": Case("print(1)", lambda place: place.write("part.md", "Part two.\n"), lambda place: place.write("part.md", "Part one.\n"), "Part one.", "Part two.", text="\n{{< include part.md >}}\n"),
    "a cell in an include": Case("print(1)", lambda place: place.write("_part.qmd", "```{python}\nprint('<<2>>')\n```\n"), lambda place: place.write("_part.qmd", "```{python}\nprint('<<1>>')\n```\n"), text="\n{{< include _part.qmd >}}\n"),
    "the cell itself": Case("print('<<1>>')", lambda place: place.write("a.qmd", (place.root / "a.qmd").read_text().replace("<<1", "<<2"))),
    "a variable of the project": Case("print(1)", lambda place: place.write("_variables.yml", "v: Second\n"), lambda place: place.write("_variables.yml", "v: First\n"), "First", "Second", text="\n{{< var v >}}\n"),
    "an environment variable": Case("import os\nprint(f\"<<{os.environ['FOO']}>>\")", set_variable("FOO", "2"), set_variable("FOO", "1")),
    "an environment variable that was not set": Case("import os\nprint(f\"<<{os.environ.get('FOO', 1)}>>\")", set_variable("FOO", "2")),
    "getenv": Case("from os import getenv as g\nprint(f\"<<{g('FOO')}>>\")", set_variable("FOO", "2"), set_variable("FOO", "1")),
    "environb": Case("import os\nprint(f\"<<{os.environb[b'FOO'].decode()}>>\")", set_variable("FOO", "2"), set_variable("FOO", "1")),
    "expandvars": Case("import os\nprint(f\"<<{os.path.expandvars('$FOO')}>>\")", set_variable("FOO", "2"), set_variable("FOO", "1")),
    "an environment variable that a module reads": Case("import reads\nprint(f'<<{reads.FOO}>>')", set_variable("FOO", "2"), lambda place: (place.write("reads.py", "import os\nFOO = os.environ['FOO']\n"), set_variable("FOO", "1")(place))),
    "an environment variable that a program reads": Case("import subprocess\nprint(subprocess.run(['sh', '-c', 'echo \"<<$FOO>>\"'], capture_output=True, text=True).stdout)", set_variable("FOO", "2"), set_variable("FOO", "1")),
    "an environment variable for the shell": Case("!echo \"<<$FOO>>\"", set_variable("FOO", "2"), set_variable("FOO", "1")),
    "an environment variable that a package reads and env names": Case("import asks\nprint(f'<<{asks.FOO}>>')", set_variable("FOO", "2"), lambda place: (place.write("../packages/asks.py", "import os\nFOO = os.environ['FOO']\n"), set_variable("FOO", "1")(place)), front="sourcebook: {env: [FOO]}"),
    "a file in /dev/shm": Case("print(f'<<{open(\"/dev/shm/NAME\").read().strip()}>>')", lambda place: shared_memory(place).write_text("2"), lambda place: shared_memory(place).write_text("1")),
    "what inputs names outside, read by compiled code": Case(OUTSIDE, write_outside_parquet(2), write_outside_parquet(1), front="sourcebook: {inputs: [../outside/x.parquet]}", needs="pyarrow"),
    "what a pattern of inputs names outside": Case(OUTSIDE, write_outside_parquet(2), write_outside_parquet(1), front="sourcebook: {inputs: ['../outside/*.parquet']}", needs="pyarrow"),
    "what a pattern of inputs gains": Case("import pyarrow.dataset\nprint(f\"<<{pyarrow.dataset.dataset('../outside', format='parquet').count_rows() // 2}>>\")", write_outside_parquet(2, "y.parquet"), write_outside_parquet(1), front="sourcebook: {inputs: ['../outside/*.parquet']}", needs="pyarrow"),
    "a folder that inputs names": Case(OUTSIDE, write_outside_parquet(2), write_outside_parquet(1), front="sourcebook: {inputs: [../outside]}", needs="pyarrow"),
    "matplotlibrc": Case("import matplotlib.pyplot as plt\nprint(f\"<<{plt.rcParams['lines.linewidth']:.0f}>>\")", lambda place: place.write("matplotlibrc", "lines.linewidth: 2\n"), lambda place: place.write("matplotlibrc", "lines.linewidth: 1\n")),
    "a matplotlibrc that comes": Case("import matplotlib.pyplot as plt\nprint(f\"<<{plt.rcParams['lines.linewidth']}>>\")", lambda place: place.write("matplotlibrc", "lines.linewidth: 2.0\n"), before="<<1.5>>", after="<<2.0>>"),
    "a parameter": Case("#| tags: [parameters]\na = 1", lambda place: place.parameters.extend(["-P", "a:2"]), text="", front="", before="It is 1.", after="It is 2."),
    "an optional module of a folder that leaves the path again": Case("import sys\nsys.path.insert(0, 'lib')\ntry: from maybe import V\nexcept ImportError: V = 1\nsys.path.remove('lib')\nprint(f'<<{V}>>')", lambda place: place.write("lib/maybe.py", "V = 2\n"), lambda place: place.write("lib/other.py", "")),
    "a second program on the line": Case("import os\nos.system('uname -s; cat raw.txt > y.txt')\nprint(f'<<{open(\"y.txt\").read().strip()}>>')", lambda place: place.write("raw.txt", "2\n"), lambda place: place.write("raw.txt", "1\n")),
    "compiled code behind a link to a folder": Case("import pandas\nprint(f'<<{pandas.read_parquet(\"far/x.parquet\").a[0]}>>')", write_outside_parquet(2), lambda place: (write_outside_parquet(1)(place), (place.root / "far").symlink_to("../outside")), needs="pyarrow"),
    "a hard link": Case("import os\ntry: os.link('data/x.txt', 'data/y.txt')\nexcept FileExistsError: pass\nprint(f'<<{open(\"data/y.txt\").read().strip()}>>')", lambda place: ONE(place.root, 2), one),
    "a link that the chapter makes": Case("import os\nif not os.path.islink('y.txt'): os.symlink('data/x.txt', 'y.txt')\nprint(f'<<{open(\"y.txt\").read().strip()}>>')", lambda place: ONE(place.root, 2), one),
    "a file outside that is opened for more later": Case("print(f'<<{open(\"../outside/x.txt\").read().strip()}>>')\nopen('../outside/x.txt', 'a').close()", lambda place: place.write("../outside/x.txt", "2\n"), lambda place: place.write("../outside/x.txt", "1\n")),
    "a file that a library of ours opens by itself": Case("import uharfbuzz\nprint(f'<<{uharfbuzz.Blob.from_file_path(\"data/x.txt\").data.decode().strip()}>>')", lambda place: ONE(place.root, 2), one),
    "what a certificate's file says": Case("import ssl\ntry: ssl.create_default_context().load_verify_locations('data/x.txt')\nexcept ssl.SSLError as error: print('<<1>>')\nexcept FileNotFoundError: print('<<2>>')", lambda place: (place.root / "data/x.txt").unlink(), one),
    "a module that is gone": Case("try:\n    import maybe\n    print('<<1>>')\nexcept ImportError: print('<<2>>')", lambda place: (place.root / "maybe.py").unlink(), lambda place: place.write("maybe.py", "")),
}  # fmt: skip


def leave_in_log(place: Place, value: int) -> None:
    """A row that stands in sqlite's write-ahead log only: the process that wrote it was killed."""
    code = f"import sqlite3, os\nc = sqlite3.connect('data/x.db')\nc.execute('insert into t values({value})')\nc.commit()\nos._exit(0)"
    subprocess.run([sys.executable, "-c", code], cwd=place.root, check=True)
    assert (place.root / "data/x.db-wal").stat().st_size


def shared_memory(place: Place) -> Path:
    return Path("/dev/shm") / f"sourcebook-{hashlib.sha256(str(place.root).encode()).hexdigest()[:16]}"


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_changes_a_result_is_seen(place, case):
    if case.needs:
        pytest.importorskip(case.needs)
    memory = shared_memory(place)
    if "NAME" in case.cell and not memory.parent.is_dir():
        pytest.skip("there is no /dev/shm")
    cell = case.cell.replace("NAME", memory.name)
    front = f"---\n{case.front}\n---\n\n" if case.front else ""
    closing = "\nIt is `{python} a`.\n" if "a = 1" in cell else ""
    chapter = f"{front}# Reads\n{case.text}\n```{{python}}\n{cell}\n```\n{closing}"
    try:
        place.lay_out({"a.qmd": chapter})
        case.begin(place)
        assert place.build() == 0, place.said
        assert case.before in place.text(), "the row itself is wrong"
        case.edit(place)
        assert place.build() == 0, place.said
        assert case.after in place.text()
    finally:
        memory.unlink(missing_ok=True)


def test_a_file_that_is_gone_is_no_reason_to_show_the_old_result(place):
    place.lay_out({"a.qmd": f"# Reads\n\n```{{python}}\n{SHOW}\n```\n"})
    one(place)
    assert place.build() == 0, place.said
    (place.root / "data/x.txt").unlink()
    assert place.build() != 0
    assert "FileNotFoundError" in place.said


CAT = 'import subprocess\nprint(f\'<<{subprocess.check_output(["cat", "data/x.txt"], text=True).strip()}>>\')'


@pytest.mark.parametrize("show", [SHOW, CAT], ids=["seen", "unseen"])
def test_what_changes_while_a_chapter_runs_is_seen_by_the_next_build(place, show):
    # Opened in vain, the file that is waited for would be a reason of its own.
    wait = "import os, time\nopen('../outside/begun', 'w').close()\nwhile not os.path.exists('../outside/go'): time.sleep(0.01)"
    place.lay_out({"a.qmd": f"# Reads\n\n```{{python}}\n{show}\n```\n\n```{{python}}\n{wait}\n```\n"})
    one(place)

    def interfere() -> None:
        while not (place.outside / "begun").exists():
            threading.Event().wait(0.01)
        ONE(place.root, 2)
        (place.outside / "go").touch()

    other = threading.Thread(target=interfere)
    other.start()
    assert place.build() == 0, place.said
    other.join()
    assert place.build() == 0, place.said
    assert "<<2>>" in place.text()


# ---- Between chapters --------------------------------------------------------------------------------------------

WRITERS = {
    "text": ("open('mid.txt', 'w').write(raw)", "print('B', open('mid.txt').read())", "mid.txt"),
    "parquet": (
        "import pandas\npandas.DataFrame({'a': [int(raw)]}).to_parquet('mid.parquet')",
        "import pandas\nprint('B', pandas.read_parquet('mid.parquet').a[0])",
        "mid.parquet",
    ),
    "a program": (
        "import subprocess\nsubprocess.run(['sh', '-c', f'echo {raw} > mid.txt'])",
        "print('B', open('mid.txt').read())",
        "mid.txt",
    ),
}


@pytest.fixture(params=WRITERS, scope="module")
def handing_on(request, tmp_path_factory, builder, common):
    """Chapter A makes a file of raw.txt, chapter B shows it; the name of the file comes with the place."""
    write, read, name = WRITERS[request.param]
    if request.param == "parquet":
        pytest.importorskip("pyarrow")
    place = Place(tmp_path_factory.mktemp("handed") / "place", builder, common)
    prepare = f"# A\n\n```{{python}}\nraw = open('raw.txt').read().strip()\n{write}\nprint('A', raw)\n```\n"
    place.lay_out({"a.qmd": prepare, "b.qmd": f"# B\n\n```{{python}}\n{read}\n```\n"})
    return place, name


@pytest.fixture
def handed_on(handing_on):
    """The same, built for 7."""
    place, name = handing_on
    place.write("raw.txt", "7\n")
    assert place.build() == 0, place.said
    assert shown(place) == ("A 7", "B 7")
    return place, name


def shown(place: Place) -> tuple[str, ...]:
    return tuple(line.strip() for line in place.text().splitlines() if line.strip()[:2] in ("A ", "B "))


def test_a_chapter_reads_in_the_same_build_what_another_wrote(handed_on):
    place, _ = handed_on
    place.write("raw.txt", "8\n")
    assert place.build() == 0, place.said
    assert shown(place) == ("A 8", "B 8")


@pytest.mark.parametrize(
    "read",
    [
        "import os\nos.popen('true')\nprint('A', open('mid.txt').read())",  # a child is left unburied
        "import os\nif not os.path.exists('mid.txt'): os._exit(3)\nprint('A', open('mid.txt').read())",
    ],
    ids=["raises", "dies"],
)
def test_a_chapter_that_fails_for_want_of_what_another_writes_runs_again(place, read):
    write = "import time\ntime.sleep(1)\nopen('mid.txt', 'w').write('7')"
    place.lay_out(
        {
            "a.qmd": f"# A\n\n```{{python}}\n1\n```\n\n```{{python}}\n{read}\n```\n",
            "b.qmd": f"# B\n\n```{{python}}\n{write}\n```\n",
        }
    )
    assert place.build() == 0, place.said
    assert shown(place) == ("A 7",)


def test_a_file_between_chapters_that_was_deleted_is_written_again(handed_on):
    place, name = handed_on
    (place.root / name).unlink()
    assert place.build() == 0, place.said
    assert shown(place) == ("A 7", "B 7")
    assert (place.root / name).exists()


def test_a_file_between_chapters_that_was_edited_by_hand_is_written_again(handed_on):
    place, name = handed_on
    if name == "mid.txt":
        place.write(name, "9\n")
    else:
        put_frame(name, "to_parquet")(place.root, 9)
    assert place.build() == 0, place.said
    assert shown(place) == ("A 7", "B 7")


def test_a_file_between_chapters_is_no_reason_to_run_them_for_ever(handed_on):
    place, _ = handed_on
    assert place.build() == 0, place.said
    assert "up to date" in place.said


def test_chapters_whose_programs_write_come_to_rest(place):
    """Of what appears unseen nobody knows at first who wrote it."""
    write = "import subprocess\nsubprocess.run('(echo {0}; cat raw.txt) > {0}.txt', shell=True)\nprint(open('{0}.txt').read())"
    place.lay_out(
        {f"{name}.qmd": f"# {name}\n\n```{{python}}\n{write.format(name)}\n```\n" for name in "abc"}
    )
    for raw in ("7", "8", "99"):
        place.write("raw.txt", f"{raw}\n")
        assert place.build() == 0, place.said
        assert "come to rest" not in place.said
        assert place.text().count(f"\n{raw}\n") == 3
        assert place.build() == 0, place.said
        assert "up to date" in place.said


# ---- What is no reason to run ------------------------------------------------------------------------------------

# The time is the author's: a result that shows it tells whether the cell has run.
STAMP = "import time\nprint('ran', time.time_ns())"


def ran(place: Place) -> list[str]:
    return [line.strip() for line in place.text().splitlines() if line.strip().startswith("ran ")]


@pytest.fixture(scope="module")
def stamped(tmp_path_factory, builder, common):
    """Two chapters that say when they ran; one reads data/x.txt, the other data/y.csv. Each test leaves them built."""
    place = Place(tmp_path_factory.mktemp("stamped") / "place", builder, common)
    place.lay_out(
        {
            "a.qmd": f"# A\n\nWords.\n\n```{{python}}\n{SHOW}\n{STAMP}\n```\n",
            "b.qmd": f"# B\n\n```{{python}}\nimport pandas\nprint(pandas.read_csv('data/y.csv').a[0])\n{STAMP}\n```\n",
        }
    )
    one(place)
    place.write("data/y.csv", "a\n1\n")
    place.write("data/unread.csv", "a\n1\n")
    assert place.build() == 0, place.said
    return place


def test_nothing_changed_and_nothing_is_run(stamped):
    before = ran(stamped)
    assert stamped.build() == 0, stamped.said
    assert ran(stamped) == before
    assert stamped.said.splitlines()[-1].startswith("The report is up to date: ")


UNRELATED = {
    "a file nobody read": lambda place: place.write("data/unread.csv", "a\n2\n"),
    "a file nobody read that comes": lambda place: place.write("data/new.csv", "a\n2\n"),
    "only the times of files": lambda place: [os.utime(path) for path in place.root.rglob("data/*")],
    "a file written anew as it was": lambda place: place.write("new.txt", "1\n").replace(place.root / "data/x.txt"),
    "prose": lambda place: place.write("a.qmd", (place.root / "a.qmd").read_text().replace("Words.", "Other words.")),
    "a variable that nobody reads": set_variable("UNREAD", "2"),
    "another session of the terminal": set_variable("WINDOWID", "2"),
}  # fmt: skip


@pytest.mark.parametrize("edit", UNRELATED.values(), ids=UNRELATED)
def test_what_no_chapter_read_runs_nothing(stamped, edit):
    before = ran(stamped)
    edit(stamped)
    assert stamped.build() == 0, stamped.said
    assert ran(stamped) == before


def test_a_change_runs_the_chapters_that_rest_on_it_and_why_says_what_it_was(stamped):
    before = ran(stamped)
    stamped.write("data/y.csv", "a\n2\n")
    sentences = stamped.ask("why")
    assert any("b.qmd" in line and "data/y.csv" in line for line in sentences.splitlines()), sentences
    assert not any("data/x.txt" in line for line in sentences.splitlines()), sentences
    assert stamped.build() == 0, stamped.said
    assert stamped.said.splitlines()[-1].startswith("The report is ready: ")
    assert [old == new for old, new in zip(before, ran(stamped), strict=True)] == [True, False]
    assert "data/y.csv" not in stamped.ask("why")


def test_fresh_runs_everything(stamped):
    before = ran(stamped)
    assert stamped.build("--fresh") == 0, stamped.said
    assert not set(before) & set(ran(stamped))


def test_what_a_chapter_wrote_itself_is_no_reason_to_run_it_again(place):
    cell = f"import datetime\nopen('written.txt', 'w').write(str(datetime.datetime.now()))\nprint(open('written.txt').read()[:4])\n{STAMP}"
    place.lay_out({"a.qmd": f"# A\n\n```{{python}}\n{cell}\n```\n"})
    assert place.build() == 0, place.said
    before = ran(place)
    assert place.build() == 0, place.said
    assert ran(place) == before


def test_why_says_that_compiled_code_may_have_read_anything(place):
    pytest.importorskip("pyarrow")
    place.lay_out({"a.qmd": write_chapter("Reads", ["pyarrow"])})
    prepare(place, "pyarrow", 1)
    assert place.build() == 0, place.said
    assert "pyarrow" in place.ask("why")


def test_why_speaks_of_a_lone_document_and_after_another_output_folder(place):
    place.lay_out({"a.qmd": f"# A\n\n```{{python}}\n{SHOW}\n```\n"})
    one(place)
    assert place.build("--out", str(place.folder / "elsewhere")) == 0, place.said
    ONE(place.root, 2)
    assert "data/x.txt" in place.ask("why", "--out", str(place.folder / "elsewhere"))


# ---- Other machines ----------------------------------------------------------------------------------------------


@pytest.fixture
def server():
    """A server of this machine that says how often it was asked."""
    asked = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f"<<{len(asked)}>>".encode())

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()
        thread.join()


def test_what_came_from_elsewhere_is_asked_for_again(place, server):
    cell = f"import urllib.request\nprint(urllib.request.urlopen('{server}').read().decode())"
    place.lay_out({"a.qmd": f"# A\n\n```{{python}}\n{cell}\n```\n"})
    for count in (1, 2):
        assert place.build() == 0, place.said
        assert f"<<{count}>>" in place.text()


def test_what_came_from_elsewhere_is_kept_where_the_chapter_says_so(place, server):
    cell = f"import urllib.request\nprint(urllib.request.urlopen('{server}').read().decode())"
    place.lay_out({"a.qmd": f"---\nexecute: {{cache: true}}\n---\n\n# A\n\n```{{python}}\n{cell}\n```\n"})
    for _ in range(2):
        assert place.build() == 0, place.said
        assert "<<1>>" in place.text()


def test_a_pool_of_the_notebook_itself_is_no_other_machine(place):
    """Processes that talk through sockets of their own, in the file system or in pairs, are kept."""
    cell = f"import multiprocessing, asyncio, socket\nwith multiprocessing.get_context('fork').Pool(1) as pool: print(pool.map(abs, [-1]))\nsocket.socketpair()\n{STAMP}"
    place.lay_out({"a.qmd": f"# A\n\n```{{python}}\n{cell}\n```\n"})
    assert place.build() == 0, place.said
    before = ran(place)
    assert place.build() == 0, place.said
    assert ran(place) == before


# ---- Outputs that were damaged ------------------------------------------------------------------------------------


def disguise(path: Path, content: bytes) -> None:
    status = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def older(path: Path) -> None:
    new = path.with_name("older")
    new.write_bytes(path.read_bytes().replace(b"Words", b"Older words"))
    os.utime(new, (1_000_000_000, 1_000_000_000))
    new.replace(path)


DAMAGES = {
    "cut": lambda path: os.truncate(path, path.stat().st_size // 2),
    "emptied": lambda path: os.truncate(path, 0),
    "edited by hand": lambda path: path.write_bytes(path.read_bytes().replace(b"Words", b"Swords")),
    "edited, with size and time as before": lambda path: disguise(path, path.read_bytes().replace(b"Words", b"words")),
    "deleted": lambda path: path.unlink(),
    "replaced by an older file": older,
    "replaced by a folder": lambda path: (path.unlink(), path.mkdir()),
    "replaced by a link": lambda path: (path.rename(path.with_name("aside")), path.symlink_to("aside"), path.with_name("aside").write_text("")),
}  # fmt: skip


@pytest.fixture(scope="module")
def plain(tmp_path_factory, builder, common):
    """One chapter, built; each test mends what it damaged."""
    place = Place(tmp_path_factory.mktemp("plain") / "place", builder, common)
    place.formats = "html,md"
    place.lay_out({"a.qmd": f"# A\n\nWords.\n\n```{{python}}\n{SHOW}\n```\n"})
    one(place)
    assert place.build() == 0, place.said
    return place, {name: (place.root / "_build" / name).read_bytes() for name in ("report.html", "report.md")}


DAMAGED = [name for name in DAMAGES if "folder" not in name]
# Make could be misled only by dates: what else is damaged it leaves to the tool, as each build here does.
DATED = ["edited, with size and time as before", "replaced by an older file"]


@pytest.mark.parametrize(
    ("way", "damage"), [*(("build", name) for name in DAMAGED), *(("make", name) for name in DATED)]
)
def test_a_damaged_output_is_written_again(plain, way, damage):
    place, whole = plain
    if way == "make" and not shutil.which("make"):
        pytest.skip("make is not installed")
    for name, content in whole.items():
        path = place.root / "_build" / name
        DAMAGES[damage](path)
        assert getattr(place, way)() == 0, place.said
        assert path.read_bytes() == content, name


def test_make_says_what_was_done(plain):
    place, _ = plain
    if not shutil.which("make"):
        pytest.skip("make is not installed")
    assert place.make() == 0, place.said
    assert place.said.splitlines()[-1].startswith("The report is up to date")
    (place.root / "_build/report.html").unlink()
    assert place.make() == 0, place.said
    assert place.said.splitlines()[-1].startswith("The report is ready")
    assert place.make() == 0, place.said
    assert place.said.splitlines()[-1].startswith("The report is up to date")


# ---- Random edits ------------------------------------------------------------------------------------------------

HAND_ON = (
    "try: raw = open('data/raw.txt').read()\nexcept OSError: raw = 'nothing'\nopen('mid.txt', 'w').write(raw)"
)
# Of what takes long to import one in every second sequence is enough; what takes long to start has its row above.
SLOW = ("a spawned pool", "a fork server's pool", "joblib")
LIGHT = [kind for kind in KINDS if not KINDS[kind].needs and "pandas" not in kind and kind not in SLOW]
HEAVY = [kind for kind in KINDS if kind not in (*LIGHT, *SLOW) and is_there(kind)]
_clean: dict[str, tuple[int, dict[str, bytes]]] = {}


class Edited:
    """A small book of three chapters, made and edited as ``seed`` says."""

    def __init__(self, place: Place, seed: int) -> None:
        self.place, self.choose = place, random.Random(seed)
        self.kinds = self.choose.sample(LIGHT, 5)
        if self.choose.random() < 0.5:
            self.kinds[0] = self.choose.choice(HEAVY)
        self.choose.shuffle(self.kinds)
        self.told: list[str] = []
        # So many sequences side by side meet all kinds of edits.
        self.together, share = (1, 8) if AT_LENGTH else (2, 4)
        kinds = random.Random(seed // share).sample(sorted(EDITS), len(EDITS))
        self.edits = kinds[seed % share :: share]
        place.formats = self.choose.choice(["md", "md", "md", "html,md"])
        self.lay_out()

    def lay_out(self) -> None:
        first, second, third = self.kinds[:2], self.kinds[2:4], self.kinds[4:]
        more = "\n{{< include part.md >}}\n\nIt is {{< var v >}}.\n"
        handed = f"\n```{{python}}\n{HAND_ON}\n```\n"
        taken = "\n```{python}\nprint('taken', open('mid.txt').read())\n```\n"
        asked = "\n```{python}\n#| tags: [parameters]\na = 1\n```\n\n```{python}\nimport os\nprint(a, os.environ.get('FOO'))\n```\n"
        self.place.lay_out(
            {
                "a.qmd": write_chapter("Alpha", first, more=more) + handed,
                "b.qmd": write_chapter("Beta", second) + asked,
                "c.qmd": write_chapter("Gamma", third) + taken,
            }
        )
        self.place.write("part.md", "A part.\n")
        self.place.write("_variables.yml", "v: one\n")
        self.place.write("data/raw.txt", "1\n")
        for kind in self.kinds:
            prepare(self.place, kind, 1)

    def edit(self, name: str) -> None:
        said = EDITS[name](self)
        self.told.append(f"{name}{f' ({said})' if said else ''}")

    def build(self) -> int:
        if shutil.which("make") and self.choose.random() < 0.05:
            self.told.append("make")
            return self.place.make()
        return self.place.build()

    def file(self, *, modules: bool = True) -> Path:
        """Some file that a chapter may read."""
        root = self.place.root
        found = [
            path
            for path in [*root.rglob("data/**/*"), *self.place.outside.rglob("*"), *root.glob("*.py")]
            if path.is_file() and (modules or path.suffix != ".py")
        ]
        return self.choose.choice(sorted(found))

    def expected(self) -> tuple[int, dict[str, bytes]]:
        """What a clean build of the present state gives."""
        key = self.place.digest()
        if key not in _clean:
            other = self.place.copy(self.place.folder.with_name("clean"))
            _clean[key] = (other.build(), other.read())
            shutil.rmtree(other.folder, ignore_errors=True)
        return _clean[key]


def edit_value(sequence: Edited, how: str = "") -> str:
    kind, value = sequence.choose.choice(sequence.kinds), sequence.choose.randint(1, 4)
    before = set(sequence.place.folder.rglob("*"))
    if how == "hidden":
        change(sequence.place, kind, value)
    else:
        KINDS[kind].write(sequence.place.root, value)
    if how == "older":
        for path in sequence.place.root.rglob("data/*"):
            if path.is_file() and path in before:
                os.utime(path, (1_000_000_000, 1_000_000_000))
    return f"{kind}: {value}"


def edit_file(sequence: Edited, what: str) -> str:
    path = sequence.file()
    other = path.with_name("other" + path.suffix)
    if other.exists() and other.samefile(path):
        other = path.with_name("another" + path.suffix)
    name = str(path.relative_to(sequence.place.folder))
    if what == "delete":
        path.unlink()
    elif what == "rename":
        path.rename(other)
    elif what == "copy":
        shutil.copy2(path, other)
    elif what == "append":
        path.write_bytes(path.read_bytes() + b"\n")
    elif what == "replace":
        content = sequence.file().read_bytes()
        other.write_bytes(content)
        other.replace(path)
    elif what == "link":
        path.rename(other)
        path.symlink_to(other.name)
    elif what == "executable":
        path.chmod(path.stat().st_mode ^ 0o111)
    return name


def edit_output(sequence: Edited) -> str:
    built = [path for path in sequence.place.root.glob("_build/report.*") if path.suffix in (".html", ".md")]
    if not built:
        return ""
    path, name = (
        sequence.choose.choice(sorted(built)),
        sequence.choose.choice(DAMAGED),
    )
    DAMAGES[name](path)
    return f"{path.name} {name}"


def edit_snapshot(sequence: Edited) -> str:
    """As `git stash` and its kin: all of the project back to what it was, with new times or with old ones."""
    place = sequence.place
    kept = place.folder.with_name("snapshot")
    if not kept.exists() or sequence.choose.random() < 0.5:
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(place.root, kept, symlinks=True, ignore=shutil.ignore_patterns("_build"))
        return "taken, and " + edit_value(sequence)
    for path in place.root.iterdir():
        if path.name != "_build":
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    shutil.copytree(kept, place.root, symlinks=True, dirs_exist_ok=True)
    return "put back"


def edit_text(sequence: Edited, name: str, text: str) -> str:
    number = sequence.choose.randint(1, 9)
    sequence.place.write(name, text.format(number))
    return f"{name}: {number}"


def edit_parameter(sequence: Edited) -> str:
    sequence.place.parameters = ["-P", f"a:{sequence.choose.randint(1, 3)}"]
    return sequence.place.parameters[1]


def edit_variable(sequence: Edited) -> str:
    if sequence.place.variables.pop("FOO", None) is None:
        sequence.place.variables["FOO"] = str(sequence.choose.randint(1, 3))
    return sequence.place.variables.get("FOO", "not set")


def edit_cell(sequence: Edited) -> str:
    name = sequence.choose.choice(["a.qmd", "b.qmd", "c.qmd"])
    path = sequence.place.root / name
    path.write_text(path.read_text().replace(".strip()", ".strip()[:9]", 1))
    return name


EDITS: dict[str, Callable[[Edited], Any]] = {
    "another value": edit_value,
    "another value again": edit_value,
    "another value, hidden": lambda s: edit_value(s, "hidden"),
    "another value, of an older date": lambda s: edit_value(s, "older"),
    **{f"{what} a file": lambda s, what=what: edit_file(s, what) for what in ("delete", "rename", "copy", "append", "replace", "link", "executable")},
    "a new folder": lambda s: (s.place.root / "data/fresh").mkdir(exist_ok=True) or "",
    "a new file": lambda s: edit_text(s, "data/fresh.csv", "a\n{}\n"),
    "what chapters hand on": lambda s: edit_text(s, "data/raw.txt", "{}\n"),
    "what chapters handed on": lambda s: edit_text(s, "mid.txt", "{}\n"),
    "an include": lambda s: edit_text(s, "part.md", "Part {}.\n"),
    "a variable": lambda s: edit_text(s, "_variables.yml", "v: number {}\n"),
    "a module beside": lambda s: edit_text(s, "beside.py", "VALUE = {}\n"),
    "a module that shadows": lambda s: edit_text(s, "fakepack.py", "VALUE = {}\n"),
    "an optional module": lambda s: put_optional(s.place.root, s.choose.randint(1, 3)),
    "a package": lambda s: put_package(s.place.root, s.choose.randint(1, 3)),
    "another version of a package": lambda s: put_version(s.place.root, s.choose.randint(1, 3)),
    "a parameter": edit_parameter,
    "an environment variable": edit_variable,
    "a cell": edit_cell,
    "the times of all files": lambda s: [os.utime(path) for path in s.place.root.rglob("data/*") if path.exists()] and "",
    "an output": edit_output,
    "an output again": edit_output,
    "a snapshot": edit_snapshot,
}  # fmt: skip


@pytest.mark.parametrize("seed", [int(SEED)] if SEED else range(SEQUENCES))
def test_after_random_edits_every_byte_is_that_of_a_clean_build(place, seed):
    sequence = Edited(place, seed)
    assert sequence.build() == 0, place.said
    repeat = f"SOURCEBOOK_SEED={seed}{' SOURCEBOOK_AT_LENGTH=1' * AT_LENGTH}"
    for begin in range(0, len(sequence.edits), sequence.together):
        for name in sequence.edits[begin : begin + sequence.together]:
            sequence.edit(name)
        code, expected = sequence.expected()
        told = f"{repeat}: {', '.join(sequence.kinds)}; edits: {'; '.join(sequence.told)}"
        assert (sequence.build() == 0) == (code == 0), f"{told}\n{place.said}"
        if code == 0:
            compare(place.read(), expected, told)


def compare(seen: Mapping[str, bytes], expected: Mapping[str, bytes], told: str) -> None:
    """Each file, and of the first that differs the lines that do."""
    aside = {
        name for name in seen if name.startswith("_build/") and name not in expected
    }  # what an edit left there
    assert set(seen) - aside == set(expected), told
    for name in sorted(expected, key=lambda name: not name.endswith(".md")):
        if seen[name] != expected[name]:
            both = [content[name].decode(errors="replace").splitlines() for content in (seen, expected)]
            lines = [
                line
                for line in difflib.unified_diff(*both, "seen", "clean", lineterm="", n=0)
                if len(line) < 400
            ]
            pytest.fail("\n".join([told, name, *lines[:20]]))
