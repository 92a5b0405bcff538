"""A process for kernels that is started before anything else: when there may be something to run, and only then."""

from __future__ import annotations

import pytest

from sourcebook.execute import fork_client
from sourcebook.render.early import start_early
from sourcebook.render.source.project import read_document, read_project

pytestmark = pytest.mark.skipif(
    not fork_client.can_fork(), reason="this system does not fork safely: every kernel is started anew"
)
CELL = ("import os\nopen(f'/proc/{os.getppid()}/stat').read().rpartition(')')[2].split()[1]",)


@pytest.fixture
def servers(monkeypatch):
    """The processes that kernels of this one are forked from; none at first."""
    started: list[fork_client.ForkServer] = []
    monkeypatch.setattr(fork_client, "_servers", started)
    return started  # they end with this process: its other servers share a folder with them


def test_it_forks_the_kernels_of_the_build_that_follows(folder, servers):
    folder.add("notebooks/a.ipynb", "# Alpha", CELL)
    start_early(read_project(folder.root))
    (path,) = folder.render("md")
    (server,) = servers
    assert f"'{server._process.pid}'" in path.read_text()


def test_it_is_started_for_a_document_too(folder, servers):
    folder.add("notebooks/a.ipynb", "# Alpha", CELL)
    start_early(read_document(folder.root / "notebooks/a.ipynb"))
    assert len(servers) == 1


def test_it_is_not_started_where_nothing_runs(folder, servers):
    folder.add("notebooks/a.ipynb", "# Alpha").add("b.md", "# Beta\n\n```python\n1\n```\n")
    start_early(read_project(folder.root))
    assert servers == []
