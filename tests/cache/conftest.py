"""A project of notebooks whose results are kept, each made of a few cells."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from sourcebook.cache.dependencies import Named
from sourcebook.execute.plan import Run, Settings, explain_notebooks, run_notebooks


class Project:
    """A folder with some data; notebooks are added by their cells, then run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in ("notebooks", "data/series"):
            (root / folder).mkdir(parents=True)
        (root / "data/a.csv").write_text("a\n")
        (root / "data/b.csv").write_text("b\n")
        (root / "notebooks/helper.py").write_text("one = 1\n")
        self.names: list[str] = []
        self.named = Named()

    def add(self, *cells, name: str = "a") -> Project:
        """A notebook with these cells, strings being code; or another content for one that is there."""
        path = f"notebooks/{name}.ipynb"
        nodes = [new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
        nbformat.write(new_notebook(cells=nodes), self.root / path)
        self.names = list(dict.fromkeys([*self.names, path]))
        return self

    def settings(self, **options) -> Settings:
        output = self.root / "_build"
        return Settings(root=self.root, output=output, ignored=(output,), **options)

    def _all(self) -> dict:
        return {"names": self.names, "named": [self.named] * len(self.names)}

    def run_all(self, **options) -> list[Run]:
        paths = [self.root / name for name in self.names]
        return run_notebooks(paths, **self._all(), settings=self.settings(**options))

    def run(self, **options) -> Run:
        """The one notebook."""
        return self.run_all(**options)[0]

    def why(self) -> list[str]:
        paths = [self.root / name for name in self.names]
        said = explain_notebooks(paths, **self._all(), settings=self.settings())
        return [sentence.removeprefix("notebooks/") for sentence in said]


@pytest.fixture
def project(tmp_path) -> Project:
    return Project(tmp_path / "project")


@pytest.fixture
def shown():
    """What a run's last cell shows."""

    def show(run: Run) -> str:
        output = run.notebook.cells[-1].outputs[-1]
        return output.data["text/plain"] if "data" in output else output.text

    return show
