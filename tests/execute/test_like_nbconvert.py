"""A notebook gives what `jupyter nbconvert --execute` gives: each row is run both ways, and outputs and files compared.

The other way is nbclient with an ordinary kernel, which is all that nbconvert does; one row goes through the real
command. Where a row fails there, it fails here as well, and the message names the cell.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell

from sourcebook.cli import main
from sourcebook.errors import ExecutionError
from sourcebook.execute.plan import Settings, run_notebooks

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="most rows are about POSIX processes"),
    # nbclient leaves the sockets of a kernel that died to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"),
]

SETTLE = "import time\ntime.sleep(0.3)"  # what children write comes through a pipe that a thread reads
WORK = """\
import os
import time

def square(x):
    return x * x

def length(path):
    return len(open(path).read())

def say(word):
    print(word, flush=True)

def write(path):
    with open(path, "w") as file:
        file.write("by a child")
"""
POOL = """\
import multiprocessing, work
with multiprocessing.get_context("{method}").Pool(2) as pool:
    print(pool.map(work.square, range(5)), pool.map(work.length, ["data.txt"]))
process = multiprocessing.get_context("{method}").Process(target=work.write, args=("written.txt",))
process.start()
process.join()
process.exitcode
"""
FIGURE = """\
%matplotlib inline
%config InlineBackend.figure_formats = ["svg"]
%config InlineBackend.print_figure_kwargs = {"metadata": {"Date": None}, "bbox_inches": None}
import matplotlib.pyplot as plt
plt.rcParams["svg.hashsalt"] = "same"
figure, axes = plt.subplots(figsize=(3, 2))
axes.plot([1, 2, 4])
plt.show()
"""
DESCRIPTORS = """\
import os, resource
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (200, most))
held = []
try:
    while True:
        held.append(os.open("data.txt", os.O_RDONLY))
except OSError as error:
    print(error.strerror)
"""
WIDGET = """\
import comm
from IPython.display import display
opened = comm.create_comm(
    target_name="jupyter.widget",
    data={"state": {"_model_module": "m", "_model_name": "n", "_model_module_version": "1"}},
    metadata={"version": "2.1.0"},
)
opened.send({"method": "update", "state": {"value": 3}})
"widget"
"""


@dataclass(frozen=True)
class Row:
    """Cells, files beside the notebook, and what is to be looked at.

    ``streams`` False: texts are not compared, since nbconvert itself gives one or the other; ``cell`` is the failing
    one where an ordinary kernel only dies some time after it; ``quick_end`` does not wait for that kernel's end;
    ``written`` are files that must be there at the end, which nbconvert, interrupting its kernels, loses now and then.
    """

    cells: Sequence[str]
    files: Mapping[str, str] = field(default_factory=dict)
    timeout: int = 60
    cell: int | None = None
    quick_end: bool = False
    needs: str = ""
    streams: bool = True
    written: Mapping[str, bytes] = field(default_factory=dict)


ROWS = {
    "a program whose output is taken": Row(["import subprocess\nprint(subprocess.run(['echo', 'taken'], capture_output=True, text=True).stdout)"]),
    "a program that writes to the screen": Row([f"import subprocess\nprint(subprocess.run(['sh', '-c', 'echo shown; exit 3']).returncode)\n{SETTLE}"]),
    "a program that cannot be found": Row(["import subprocess\nsubprocess.run(['no-such-program'])"]),
    "a program that reads from the keyboard": Row(["import subprocess\nprint(subprocess.run(['cat'], capture_output=True, timeout=30).stdout)"]),
    "a line for the shell": Row(["!ls\nfiles = !ls\nprint(files, _exit_code)", "%%bash\necho cell; echo trouble >&2"], {"data.txt": "1"}),
    "os.system": Row([f"import os\nprint(os.system('echo one; echo two > file.txt; exit 2'))\n{SETTLE}"]),
    "forked children": Row([POOL.format(method="fork")], {"work.py": WORK, "data.txt": "four"}),
    "spawned children": Row([POOL.format(method="spawn")], {"work.py": WORK, "data.txt": "four"}),
    "children of a fork server": Row([POOL.format(method="forkserver")], {"work.py": WORK, "data.txt": "four"}),
    "a pool of processes for a function of the notebook": Row(["from concurrent.futures import ProcessPoolExecutor\nimport multiprocessing\ndef twice(x): return 2 * x\nwith ProcessPoolExecutor(2, multiprocessing.get_context('fork')) as pool: print(list(pool.map(twice, range(4))))"]),
    "a spawned child for a function of the notebook": Row(["import multiprocessing\ndef twice(x): return 2 * x\nmade = multiprocessing.get_context('spawn').Process(target=twice, args=(1,))\nmade.start(); made.join(); print(made.exitcode)"], streams=False),
    "os.stat in a pool": Row(["import multiprocessing, os\nwith multiprocessing.get_context('fork').Pool(2) as pool: print([s.st_size for s in pool.map(os.stat, ['data.txt', 'data.txt'])])"], {"data.txt": "four"}),
    "joblib": Row(["from joblib import Parallel, delayed\nimport work\ndef twice(x): return 2 * x\nprint(Parallel(n_jobs=2)(delayed(work.length)(p) for p in ['data.txt']), Parallel(n_jobs=2)(delayed(twice)(x) for x in range(3)))"], {"work.py": WORK, "data.txt": "four"}, needs="joblib"),
    "a thread that a cell waits for": Row(["import threading\nt = threading.Thread(target=lambda: print('by the thread'))\nt.start(); t.join()\nprint('by the cell')"]),
    "a daemon thread left running": Row(["import threading, time\ndef go():\n    while True: time.sleep(0.01)\nthreading.Thread(target=go, daemon=True).start()", "print(threading.active_count() > 1)"]),
    # What it would do after the last cell is done one time and not another by nbconvert.
    "a thread that ends after the last cell": Row(["import threading, time\nthreading.Thread(target=time.sleep, args=(0.4,)).start()", "print(1)"]),
    "a thread that never ends": Row(["import threading, time\nthreading.Thread(target=time.sleep, args=(1000,)).start()\nprint(1)"], quick_end=True),
    "await": Row(["import asyncio\nawait asyncio.sleep(0.01)\nasync def one(): return 1\nprint(await asyncio.gather(one(), one()))", "task = asyncio.create_task(one())", "await task", "asyncio.get_running_loop().is_running()"]),
    "asyncio.run inside of the kernel's loop": Row(["import asyncio\nasync def one(): return 1\nasyncio.run(one())"]),
    "os._exit": Row(["1", "import os\nos._exit(3)", "2"]),
    # An ordinary kernel ends a tenth of a second after the cell: what comes next may still run. The report's reader would not know.
    "exit()": Row(["print(1)\nexit()", "import time\ntime.sleep(2)", "print('later')"], cell=0),
    "exit() that keeps the kernel": Row(["exit(keep_kernel=True)", "import time\ntime.sleep(1)\nprint('later')"]),
    "sys.exit": Row(["print(1)", "import sys\nsys.exit(3)", "2"]),
    "input": Row(["input('Name? ')"]),
    "a segmentation fault": Row(["1", "import ctypes\nctypes.string_at(0)"]),
    "a kill": Row(["import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"]),
    "an interrupt": Row(["import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(20)"]),
    "an endless loop": Row(["1", "while True: pass"], timeout=3, quick_end=True),
    "megabytes of output": Row([f"for _ in range({100 if os.environ.get('SOURCEBOOK_AT_LENGTH') else 30}): print('x' * 999_999)"]),
    "80,000 short lines": Row(["for number in range(80_000): print(number)"]),
    "lines to both streams": Row(["import sys\nprint('one')\nprint('two', file=sys.stderr)\nprint('three')"]),
    "another folder": Row(["import os\nos.mkdir('below')\nos.chdir('below')\nopen('written.txt', 'w').write('1')", "print(open('../data.txt').read(), os.path.basename(os.getcwd()))\nopen('more.txt', 'w').write('2')"], {"data.txt": "four"}),
    "a closed descriptor 1": Row(["import os\nos.close(1)\nprint('still heard')", "print('and later')"]),
    # What prints for the first time opens a pipe to the thread that publishes: it would be lost in an ordinary kernel.
    "all descriptors used": Row(["print('begun')", DESCRIPTORS, "for number in held: os.close(number)\nprint(open('data.txt').read())"], {"data.txt": "four"}),
    "a file that is never closed": Row(["file = open('open.txt', 'w')\nfile.write('whole' * 5000)\nNone"], written={"open.txt": b"whole" * 5000}),
    "a function for the end": Row(["import atexit\ndef end():\n    with open('end.txt', 'w') as file: file.write('ended')\natexit.register(end)\nNone"], written={"end.txt": b"ended"}),
    "a function for the end, of an object": Row(["class Guard:\n    def __del__(self, open=open):\n        with open('gone.txt', 'w') as file: file.write('gone')\nguard = Guard()"], written={"gone.txt": b"gone"}),
    "what forked children print": Row([f"import multiprocessing, work\np = multiprocessing.get_context('fork').Process(target=work.say, args=('child',))\np.start(); p.join()\n{SETTLE}\nprint('parent')"], {"work.py": WORK}),
    "what a plain fork prints": Row([f"import os, sys\npid = os.fork()\nif not pid:\n    print('child', flush=True)\n    os._exit(0)\nos.waitpid(pid, 0)\n{SETTLE}"]),
    "what is written to descriptor 1": Row([f"import os\nos.write(1, b'to one\\n')\n{SETTLE}"]),
    "an error that cannot be told": Row(["1", "class Bad(Exception):\n    def __str__(self): raise ValueError('no')\n    __repr__ = __str__\nraise Bad()"]),
    "an object that cannot be shown": Row(["class Bad:\n    def __repr__(self): raise ValueError('no')\nBad()", "print('on')"]),
    "an error that was caused by another": Row(["def f(): 1 / 0\ntry: f()\nexcept ZeroDivisionError as e: raise KeyError('k') from e"]),
    "a slip of syntax": Row(["x = = 1"]),
    "an error in a module": Row(["import broken"], {"broken.py": "1 / 0\n"}),
    "an error that is expected": Row(["#| error: true\n1 / 0", "print('on')"]),
    "a warning": Row(["import warnings\nwarnings.warn('mind the gap')"]),
    "a display that a later cell updates": Row(["from IPython.display import display\nshown = display('first', display_id='d')", "shown.update('second')", "shown.display('third')"]),
    "outputs that are cleared": Row(["from IPython.display import clear_output\nprint(1)\nclear_output()\nprint(2)\nclear_output(wait=True)\nprint(3)"]),
    "a progress line": Row(["import sys\nfor n in range(3): sys.stdout.write(f'\\r{n} of 3'); sys.stdout.flush()\nprint()"], streams=False),
    "a widget's comm": Row([WIDGET]),
    "a figure inline": Row([FIGURE]),
    "a figure that nobody shows": Row(["import matplotlib.pyplot as plt\nplt.rcParams['figure.figsize'] = (2, 1)\nplt.plot([1, 2])\nNone", "print(plt.get_fignums())"]),
    "a matplotlibrc beside": Row(["import matplotlib.pyplot as plt\nprint(plt.rcParams['lines.linewidth'], plt.rcParams['figure.dpi'])"], {"matplotlibrc": "lines.linewidth: 7\n"}),
    "a csv.py beside": Row(["import csv\nprint(csv.MINE)"], {"csv.py": "MINE = True\n"}),
    "a pandas.py beside": Row(["import pandas\nprint(pandas.MINE)"], {"pandas.py": "MINE = True\n"}),
    "a package of the notebook's folder": Row(["from mine import part\nprint(part.ONE, part.__file__.split('/')[-3:])"], {"here/mine/__init__.py": "", "here/mine/part.py": "ONE = 1\n", "mine/__init__.py": "", "mine/part.py": "ONE = 1\n"}),
    "a module that is edited between two imports": Row(["import part, importlib, os, pathlib\nprint(part.ONE)\npathlib.Path('part.py').write_text('ONE = 22\\n')\nprint(importlib.reload(part).ONE)"], {"part.py": "ONE = 1\n"}),
    "what __main__ is": Row(["import sys, os, __main__\nprint(__name__, __main__.__dict__ is globals(), '__file__' in globals(), os.path.basename(sys.argv[0]), len(sys.argv), repr(sys.path[0]), sys.flags.dev_mode)"]),
    "an argument parser": Row(["import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--year', type=int, default=7)\nprint(parser.parse_known_args()[0])"]),
    "a test with unittest": Row(["import unittest\nclass One(unittest.TestCase):\n    def test(self): self.assertEqual(1, 1)\nunittest.main(argv=['x'], exit=False)\nNone"], streams=False),
    "%run of a script": Row(["%run script.py"], {"script.py": "import sys\nprint(__name__, sys.argv)\n"}),
    "%%writefile and %timeit": Row(["%%writefile made.txt\nwords", "%time x = 1\n%whos"], streams=False),
    "%debug has nobody to ask": Row(["#| error: true\n1 / 0", "%debug"]),
    "pdb has nobody to ask": Row(["import pdb\npdb.set_trace()\nx = 1"]),
    "pickle and inspect of what a cell defines": Row(["import pickle, inspect\nclass Point:\n    '''A place.'''\n    x = 1", "print(pickle.loads(pickle.dumps(Point())).x, inspect.getsource(Point).splitlines()[0], Point.__module__)"]),
    "a signal handler and an alarm": Row(["import signal, time\nrung = []\nsignal.signal(signal.SIGALRM, lambda *_: rung.append(1))\nsignal.setitimer(signal.ITIMER_REAL, 0.05)\ntime.sleep(0.2)\nprint(rung)"]),
    "deep recursion": Row(["def f(n): return f(n + 1)\ntry: f(0)\nexcept RecursionError: print('deep')"]),
    "help": Row(["help(len)", "len?"]),
    "In and Out": Row(["6 * 7", "print(_, Out[1], In[1], len(In))"]),
}  # fmt: skip


# Rows that end well and leave nothing behind are cells of one notebook: starting an ordinary kernel takes longest.
TOGETHER = {
    "all others": [
        "In and Out", "a line for the shell", "what __main__ is", "a program whose output is taken",
        "a program that reads from the keyboard", "a program that writes to the screen", "os.system",
        "what is written to descriptor 1", "what a plain fork prints", "forked children", "what forked children print",
        "a pool of processes for a function of the notebook", "os.stat in a pool", "a thread that a cell waits for", "await",
        "lines to both streams", "an object that cannot be shown", "an error that is expected", "a warning",
        "a display that a later cell updates", "outputs that are cleared", "a widget's comm", "an argument parser",
        "a package of the notebook's folder", "a module that is edited between two imports",
        "%run of a script", "%debug has nobody to ask", "pickle and inspect of what a cell defines",
        "a signal handler and an alarm", "deep recursion", "help",
    ],
    "all whose texts differ": [
        "a spawned child for a function of the notebook", "a progress line", "a test with unittest", "%%writefile and %timeit",
    ],
    "what is left for the end": [
        "a file that is never closed", "a function for the end", "a function for the end, of an object",
    ],
    "figures": ["a figure that nobody shows", "a figure inline"],
}  # fmt: skip


def join_rows(names: Sequence[str]) -> Row:
    rows = [ROWS[name] for name in names]
    return Row(
        [cell for row in rows for cell in row.cells],
        {path: text for row in rows for path, text in row.files.items()},
        streams=all(row.streams for row in rows),
        written={path: content for row in rows for path, content in row.written.items()},
    )


JOINED = {name for names in TOGETHER.values() for name in names}
NOTEBOOKS = {name: row for name, row in ROWS.items() if name not in JOINED} | {
    name: join_rows(names) for name, names in TOGETHER.items()
}


@pytest.mark.parametrize("row", NOTEBOOKS.values(), ids=NOTEBOOKS)
def test_a_notebook_gives_what_nbconvert_gives(row: Row, write, tmp_path):
    if row.needs:
        pytest.importorskip(row.needs)
    plain, ours = (lay_out(tmp_path / way, row, write) for way in ("plain", "ours"))
    expected, failed = run_plainly(plain, row)
    if failed is None:
        done = run_here(ours, row)
        seen, wanted = (
            normalise(notebook, path.parent, streams=row.streams)
            for notebook, path in ((done, ours), (expected, plain))
        )
        assert seen == wanted
    else:
        with pytest.raises(ExecutionError) as caught:
            run_here(ours, row)
        cell = (failed if row.cell is None else row.cell) + 1
        assert [re.split(r"[,:] line", issue.where)[0] for issue in caught.value.issues] == [
            f"row, cell {cell}"
        ]
    assert read_files(ours.parent) == read_files(plain.parent) | row.written


def test_the_same_holds_beside_the_real_command(write, tmp_path):
    cells = [
        "print('one')\n6 * 7",
        "from IPython.display import HTML\nHTML('<b>two</b>')",
        "open('written.txt', 'w').write('3')",
    ]
    row = Row(cells)
    plain, ours = (lay_out(tmp_path / way, row, write) for way in ("plain", "ours"))
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--output", "done.ipynb"]
    subprocess.run([*command, str(plain)], cwd=plain.parent, check=True, capture_output=True)
    expected = nbformat.read(plain.with_name("done.ipynb"), as_version=4)
    plain.with_name("done.ipynb").unlink()
    assert normalise(run_here(ours, row), ours.parent) == normalise(expected, plain.parent)
    assert read_files(ours.parent) == read_files(plain.parent)


DOCUMENT = """\
---
title: Errors
execute: {error: true}
---

```{python}
print("before")
```

```{python}
#| tags: [raises-exception]
raise KeyError("the key")
```

```{python}
1 / 0
```

```{python}
print("after")
```
"""


@pytest.mark.parametrize("kind", ["qmd", "ipynb"])
def test_errors_are_shown_where_the_whole_document_expects_them(kind, write, tmp_path, capfd):
    path = tmp_path / f"errors.{kind}"
    if kind == "qmd":
        path.write_text(DOCUMENT)
    else:
        front = nbformat.v4.new_raw_cell("---\ntitle: Errors\nexecute: {error: true}\n---")
        raising = new_code_cell('raise KeyError("the key")', metadata={"tags": ["raises-exception"]})
        write(
            path,
            front,
            new_code_cell('print("before")'),
            raising,
            new_code_cell("1 / 0"),
            new_code_cell('print("after")'),
        )
    words = ["render", str(path), "--to", "md,html", "--out", str(tmp_path / "out")]
    assert main(words) == 0, capfd.readouterr().err
    (written,) = (tmp_path / "out").glob("*.md")
    shown = written.read_text()
    places = [shown.find(words) for words in ("before\n", "KeyError", "ZeroDivisionError", "after\n")]
    assert -1 not in places
    assert places == sorted(places)


def lay_out(folder: Path, row: Row, write) -> Path:
    """The row's notebook in a folder of the same name for both ways, with what lies beside it."""
    folder = folder / "row"
    folder.mkdir(parents=True)
    for name, text in row.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return write(
        folder / "row.ipynb", *(new_code_cell(cell, id=f"cell-{n}") for n, cell in enumerate(row.cells))
    )


def run_plainly(path: Path, row: Row) -> tuple[Any, int | None]:
    """The notebook as nbclient leaves it, and the index of the cell that failed, if one did."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:  # Quarto's way of saying what nbconvert says with a tag
        if cell.source.startswith("#| error: true\n"):
            cell.metadata["tags"] = ["raises-exception"]
    begun = []
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=row.timeout,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_execute=lambda cell_index, **_: begun.append(cell_index),
    )
    client.create_kernel_manager()  # its own, as nbconvert's is, so that it ends the kernel too
    if row.quick_end:
        client.km.shutdown_wait_time = 0.5
    failed = None
    try:
        asyncio.run(
            client.async_execute(env=os.environ | {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "TZ": "UTC"})
        )
    except (CellExecutionError, CellTimeoutError, DeadKernelError):
        failed = begun[-1]
    return notebook, failed


def run_here(path: Path, row: Row) -> Any:
    (done,) = run_notebooks([path], names=["row"], settings=Settings(timeout=row.timeout))
    return done.notebook


def normalise(notebook: Any, folder: Path, *, streams: bool = True) -> list[Any]:
    """Counts and outputs of the cells, without what differs from run to run of one and the same way."""
    return [
        (cell.execution_count, [cut(tidy(output, folder)) for output in join_streams(cell.outputs)
                                if streams or output["output_type"] != "stream"])
        for cell in notebook.cells
    ]  # fmt: skip


def join_streams(outputs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each stream of a cell as one, stdout before stderr, both before the rest: how a text was cut into messages and
    which of two streams came first is chance.
    """
    texts = {
        name: "".join(o["text"] for o in outputs if o["output_type"] == "stream" and o["name"] == name)
        for name in ("stdout", "stderr")
    }
    joined = [{"output_type": "stream", "name": name, "text": text} for name, text in texts.items() if text]
    return joined + [dict(output) for output in outputs if output["output_type"] != "stream"]


def tidy(value: Any, folder: Path) -> Any:
    if isinstance(value, str):
        value = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", value).replace(str(folder), "FOLDER")
        if "ipykernel_" in value or "<cell>" in value:
            value = re.sub(r"[^\s\"'(]{0,300}ipykernel_\d+/\d+\.py|<cell>", "CELL", value)
        return re.sub(r"\b0x[0-9a-f]{6,}\b", "0x0", value) if "0x" in value else value
    if isinstance(value, Mapping):
        return {key: tidy(item, folder) for key, item in value.items()}
    return [tidy(item, folder) for item in value] if isinstance(value, list | tuple) else value


def cut(output: dict[str, Any]) -> dict[str, Any]:
    """A very long text as its beginning, length and digest: nobody could read the difference."""
    text = output.get("text", "")
    if len(text) < 100_000:
        return output
    return output | {"text": (text[:100], len(text), hashlib.sha256(text.encode()).hexdigest())}


def read_files(folder: Path) -> dict[str, bytes]:
    """Everything beside the notebook, by name; what Python compiles for itself left out."""
    found = {}
    for path in sorted(folder.rglob("*")):
        with contextlib.suppress(IsADirectoryError):
            if "__pycache__" not in path.parts and path.name != "row.ipynb":
                found[str(path.relative_to(folder))] = path.read_bytes()
    return found
