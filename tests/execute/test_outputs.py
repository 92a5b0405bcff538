"""What cells show, compared between a forked kernel and one started anew: it must be the same to the letter."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output

from sourcebook.execute.job import Job, Step
from sourcebook.execute.pool import run_jobs
from sourcebook.execute.run import join_streams

CASES = {
    "values": ["1 + 1", "'text'", "None", "x = 3; x"],
    "streams": ["import sys\nprint('a'); print('b', file=sys.stderr); print('c'); sys.stderr.write('d\\n');"],
    "overwritten lines": ["print('50 %\\r100 %'); print('ab\\b\\bc')"],
    "rich displays": [
        "from IPython.display import HTML, Markdown, display\ndisplay(HTML('<b>x</b>'))\nMarkdown('**y**')",
        "class Both:\n    def _repr_mimebundle_(self, **_): return {'text/plain': 't', 'application/json': {'a': [1, (2,)]}}\nBoth()",
    ],
    "metadata": ["from IPython.display import display\ndisplay('x', metadata={'text/plain': {'alt': 'y'}})"],
    "updates": [
        "from IPython.display import display\nprint('one'); print('two')\nhandle = display('first', display_id='d')\nprint('three')",
        "handle.update('second')",
    ],
    "clearing": [
        "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('kept')",
        "print('gone'); clear_output(wait=True)\nprint('kept')",
        "print('kept'); clear_output(wait=True)",
    ],
    "errors": ["#| error: true\ndef f():\n    raise ValueError('é')\nf()", "#| error: true\nx = = 1"],
    "magics": ["%env NOT_SET=1", "%%capture held\nprint('inside')", "held.stdout", "%who str"],
    "programs": ["!echo from a shell", "%%bash\necho from bash"],
    "captured programs": ["words = !echo one two\nwords"],
    "await": ["import asyncio\nawait asyncio.sleep(0.01)\n'slept'"],
    "threads": [
        "import threading\nt = threading.Thread(target=print, args=('from a thread',)); t.start(); t.join()"
    ],
    "processes": [
        "import multiprocessing as mp\nwith mp.get_context('fork').Pool(1) as pool:\n    print(pool.map(abs, [-1]))"
    ],
    "warnings": ["import warnings\nwarnings.warn('careful')"],
    "history": ["1 + 1", "_ + 1", "In[-3]", "Out[len(In) - 3]"],
    "main module": ["import pickle\nclass A: pass\ntype(pickle.loads(pickle.dumps(A()))).__module__"],
    "shell name": ["type(get_ipython()).__name__", "__name__"],
    "environment": [
        "import os, time\n[os.environ.get(n) for n in ('PYTHONHASHSEED', 'TZ', 'OMP_NUM_THREADS')]",
        "list({'a', 'b', 'c', 'd'})",
    ],
    "tables": [
        "import pandas as pd\npd.DataFrame({'a': [1.5, 2], 'b': ['x', None]})",
        "pd.Series([1, 2]).describe()",
    ],
    "figures": [
        "import matplotlib.pyplot as plt\nplt.rcParams['svg.hashsalt'] = 'x'",
        "%matplotlib inline\n%config InlineBackend.figure_formats = ['svg']",
        "%config InlineBackend.print_figure_kwargs = {'metadata': {'Date': None}}",
        "fig, ax = plt.subplots()\nax.plot([1, 3, 2]);",
        "plt.bar([1, 2], [3, 4]); plt.title('Ag');",
    ],
    "pictures": ["%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);"],
}


@pytest.fixture(scope="module")
def both(tmp_path_factory, kernels_folder):
    """Every case in both ways, all side by side: {case: (results in a forked kernel, results in one started anew)}."""
    folder = tmp_path_factory.mktemp("cases")
    groups = [list(CASES)[start::4] for start in range(4)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(kernels_folder))
        forked, started = (
            run_jobs([Job(f"group {n}", folder, steps(group), kernel) for n, group in enumerate(groups)])
            for kernel in ("python3", "anew")
        )
    for outcome in (*forked, *started):
        if outcome.failure:
            raise outcome.failure
    return {
        case: (forked[n].results[start:end], started[n].results[start:end])
        for n, group in enumerate(groups)
        for case, start, end in spans(group)
    }


def steps(group):
    """The cells of several cases as one notebook: starting a kernel for each would take most of the time."""
    cells = [cell for case in group for cell in CASES[case]]
    return tuple(Step(n, cell, "error: true" in cell) for n, cell in enumerate(cells))


def spans(group):
    start = 0
    for case in group:
        yield case, start, start + len(CASES[case])
        start += len(CASES[case])


@pytest.mark.parametrize("case", CASES)
def test_both_kinds_of_kernels_show_the_same(both, case):
    forked, started = both[case]
    assert forked == started


def test_the_cases_show_what_they_are_about(both):
    shown = {
        case: [nbformat.from_dict(result["outputs"]) for result in forked]
        for case, (forked, _) in both.items()
    }
    assert [o.text for o in shown["streams"][0]] == ["a\nc\n", "b\nd\n"]
    assert shown["overwritten lines"][0][0].text == "100 %\nc\n"
    assert shown["updates"][0][1].data["text/plain"] == "'second'"
    assert [o.text for o in shown["clearing"][1]] == ["kept\n"]
    assert shown["programs"][0][0].text.strip() == "from a shell"
    assert shown["programs"][1][0].text == "from bash\n"
    assert shown["threads"][0][0].text == "from a thread\n"
    assert "image/svg+xml" in shown["figures"][3][-1].data
    assert "image/png" in shown["pictures"][0][-1].data
    assert "ipykernel" not in shown["warnings"][0][0].text


def test_a_widget_shows_its_model(run):
    made = "import comm\nc = comm.create_comm(target_name='jupyter.widget', data={'state': {'_model_module': 'm', '_model_name': 'n'}})\n"
    shown = "from IPython.display import display\ndisplay({'application/vnd.jupyter.widget-view+json': {'model_id': c.comm_id}}, raw=True)"
    (output,) = run(new_code_cell(made + shown)).cells[0].outputs
    assert list(output.data) == ["application/vnd.jupyter.widget-view+json"]


def test_streams_are_joined_whatever_pieces_they_came_in():
    pieces = [("stdout", "a"), ("stderr", "b"), ("stdout", "c")]
    outputs = [new_output("stream", name=name, text=text) for name, text in pieces]
    joined = [(output["name"], output["text"]) for output in join_streams(outputs)]
    assert joined == [("stdout", "ac"), ("stderr", "b")]
    assert [output["name"] for output in join_streams(outputs[1:])] == ["stdout", "stderr"]


def test_a_line_of_a_million_characters_is_settled_at_once():
    output = new_output("stream", name="stdout", text="x" * 1_000_000 + "\ry" * 3)
    assert join_streams([output])[0]["text"] == "y"
