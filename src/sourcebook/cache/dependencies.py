"""What a notebook's result rests on, concluded from its kernel's trace.

The rule: a result rests on what audit events have shown, as long as they have shown everything. Where something else
may have read, it rests on the whole project. What compiled code reads outside of the project, and nobody has named,
is the one thing that cannot be known.
"""

from __future__ import annotations

import functools
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sourcebook.cache.inputs import (
    CHANGING,
    FILE,
    FOLDER,
    MODULES,
    PACKAGE,
    PATTERN,
    PYTHON,
    THERE,
    TREE,
    VARIABLE,
    VARIABLES,
    Input,
    Present,
)
from sourcebook.cache.trace import (
    ASKING,
    DESCRIPTORS,
    Recording,
    describe_environment,
    installed_folders,
    source_of,
)
from sourcebook.cache.trace import VARIABLES as READ_VARIABLES
from sourcebook.core.files import name_path, stamp_file

# Packages known to read files through Python only, so that audit events show it: what Sourcebook itself needs, and
# what is common beside it. Anything else may have read whatever it likes.
_VOUCHED: Final = frozenset(
    "IPython PIL _yaml _distutils_hack asttokens bottleneck brotli certifi cloudpickle comm contourpy cycler dateutil debugpy "
    "decorator defusedxml executing fastjsonschema fontTools font_source_sans_pro font_source_serif_pro ipykernel "
    "ipykernel_launcher ipywidgets jedi jinja2 jsonschema jsonschema_specifications jupyter_client jupyter_core kiwisolver "
    "markupsafe matplotlib matplotlib_inline mistune mpl_toolkits mpmath msgpack narwhals nbclient nbconvert nbformat nest_asyncio "
    "nest_asyncio2 nh3 numexpr numpy packaging pandas parso pathspec pexpect pip pkg_resources platformdirs plotly prompt_toolkit "
    "psutil ptyprocess pure_eval pyarrow pydevd pydevd_file_utils pydevd_plugins _pydevd_bundle _pydev_bundle "
    "_pydevd_frame_eval _pydevd_sys_monitoring pygments pylab pyparsing pytz rapidfuzz referencing rpds scipy seaborn "
    "setuptools six sourcebook stack_data sympy tabulate tornado tqdm traitlets typing_extensions tzdata wcwidth "
    "yaml zmq".split()
)
# Compiled parts that open files by themselves, though what they belong to is vouched for.
_OPENERS: Final = (
    "PIL._imagingft", "_dbm", "_gdbm", "_posixshmem", "_tkinter", "scipy.io._fast_matrix_market", "pyarrow._",
    "multiprocessing.popen_spawn_posix", "multiprocessing.popen_forkserver",
)  # fmt: skip
# What `import pandas` loads of pyarrow where that is installed; it opens nothing unless somebody asks it to.
_LOADED_BY_PANDAS: Final = frozenset({"pyarrow._compute", "pyarrow._compute_docstrings"})


_SITE: Final = tuple({sysconfig.get_path(name) + os.sep for name in ("purelib", "platlib")})


@dataclass(frozen=True)
class Named:
    """What an author says that a notebook rests on: ``inputs``, which are paths and patterns, and environment
    ``variables``; and whether its result may be kept though it used the ``network``.
    """

    inputs: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    network: bool = False


@dataclass(frozen=True)
class Dependencies:
    """What a result rests on: ``inputs``; what it ``wrote``, with the fingerprint of each; why it cannot be kept
    (``unfit``); what may have read files outside of the project unseen (``unseen``).
    """

    inputs: tuple[Input, ...] = ()
    wrote: tuple[Input, ...] = ()
    unfit: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()

    def names(self, *kinds: str) -> set[str]:
        """The names of the inputs of these kinds."""
        return {name for kind, name, _ in self.inputs if kind in kinds}


def conclude(
    named: Named,
    trace: Recording | None,
    before: Present,
    now: Present,
    *,
    own: set[str],
    others: set[str],
) -> Dependencies:
    """What a result rests on besides what was ``named``; ``before`` is the project as it was when the kernel was started.

    ``own`` are files that changed when it ran before, ``others`` those that other notebooks have written meanwhile.
    """
    if trace == {}:  # nothing was run
        return Dependencies(tuple(_fingerprint(_list_named(named, now), now)))
    if trace is None or trace["environment"] != describe_environment():
        wrote = find_written(trace, now) | (find_altered(before, now) - others) & own
        but = "\n".join(sorted(wrote))
        whole = (
            TREE,
            but,
            before.fingerprint(TREE, but),
        )  # whatever another notebook wrote meanwhile it may have read
        why = (
            "in another Python, or with other packages, than this"
            if trace
            else "in a kernel that could not be watched to its end"
        )
        return Dependencies((whole,), _describe_files(wrote, now), (f"ran {why}",))
    seen = _Seen(named, trace, now)
    blind = seen.list_blind()
    if blind:
        # Who may read unseen may write unseen; but what changed for the first time somebody may have saved meanwhile.
        seen.wrote |= (find_altered(before, now) - others) & own
    unfit = tuple(seen.find_unfit())
    inputs = _list_inputs(seen, before, now, blind=bool(blind))
    return Dependencies(inputs, _describe_files(seen.wrote, now), unfit, tuple(sorted(blind)))


def _describe_files(names: Iterable[str], now: Present) -> tuple[Input, ...]:
    return tuple((FILE, name, now.fingerprint(FILE, name)) for name in sorted(names))


def find_blind(trace: Recording | None, now: Present) -> set[str]:
    """What in a kernel may have read, or written, files without an audit event."""
    if trace is None:
        return {"a kernel that could not be watched"}
    return _Seen(Named(), trace, now).list_blind() if trace else set()


def find_altered(before: Present, now: Present) -> set[str]:
    """The names of what appeared, was changed or went in the project meanwhile."""
    return {name for name, _ in before.tree.items() ^ now.tree.items()}


def find_written(trace: Recording | None, now: Present) -> set[str]:
    """The names of files of the project that audit events show as written."""
    inside = f"{now.root}{os.sep}"
    return {
        now.name(path)
        for path in (trace or {}).get("written", ())
        if path.startswith(inside) and not now.is_ignored(path)
    }


def _list_inputs(seen: _Seen, before: Present, now: Present, *, blind: bool) -> tuple[Input, ...]:
    """What was seen, and the whole project too where something was ``blind``; without the files that it wrote."""
    keys = [
        (PYTHON, ""),
        *_list_named(seen.named, now),
        *seen.list_code(),
        *seen.list_files(),
        *seen.list_variables(blind),
    ]
    inputs = {(kind, name): known for kind, name, known in _fingerprint(keys, now)}
    inputs |= dict(_fingerprint_opened(seen, now))
    if blind or seen.asks():
        but = "\n".join(sorted(seen.wrote))
        inputs[TREE, but] = before.fingerprint(TREE, but)
    if blind:
        inputs |= dict(_fingerprint_project(before, now))
    if seen.trace["programs"]:
        inputs |= {(FILE, name): now.fingerprint(FILE, name) for name in now.list_repository()}
    kept = (key for key in sorted(inputs) if key[0] != FILE or key[1] not in seen.wrote)
    return tuple((*key, inputs[key]) for key in kept)


class _Seen:
    """A trace, with its paths as the project names them."""

    def __init__(self, named: Named, trace: Recording, now: Present) -> None:
        self.named, self.trace, self.root = named, trace, now.root
        self._now = now
        self.names = {*trace["names"], *(trace["words"] if trace["indirect"] else ())}
        self.opened = {path: stamp for path, stamp in trace["opened"].items() if self._counts(path)}
        # Outside of the project a notebook fills caches, as libraries do; that is no result.
        self.wrote = find_written(trace, now)
        self._filled = {self._name(path) for path in trace["written"]}

    def _counts(self, path: str) -> bool:
        return not self._now.is_ignored(path)

    def _installed(self, path: str) -> bool:
        return is_installed(path, self.root)

    def _name(self, path: str) -> str:
        return name_path(path, self.root)

    def list_files(self) -> Iterator[tuple[str, str]]:
        """What was asked about and listed."""
        yield from ((THERE, self._name(path)) for path in self.trace["asked"] if self._counts(path))
        yield from ((FOLDER, self._name(path)) for path in self.trace["listed"] if self._counts(path))

    def list_read(self) -> Iterator[tuple[str, list[int] | None]]:
        """What was opened to be read, with the stamp it had; code of installed packages is told by these."""
        for path, stamp in self.opened.items():
            code = path.endswith((".py", ".so")) and self._installed(path)
            if not code and self._name(path) not in self._filled:
                yield self._name(path), stamp

    def list_code(self) -> Iterator[tuple[str, str]]:
        """The code that was loaded, and where code that comes before it would be found."""
        yield from list_loaded(self.trace["modules"], self._now)
        for folder in {
            *self.trace["searched"],
            *self.trace["path"],
            *(path for path in self.trace["packages"] if not self._installed(path)),
        }:
            yield MODULES, name_path(folder, self.root) or "."

    def list_variables(self, whole: bool) -> Iterator[tuple[str, str]]:
        """The variables that the author names, those that change drawings, or all where code reads any."""
        which = "all" if whole or self._strangers or self.names & READ_VARIABLES else "drawing"
        yield VARIABLES, which
        yield from ((VARIABLE, name) for name in self.named.variables)

    def list_blind(self) -> set[str]:
        """What may have read files without an audit event; empty when events have shown everything."""
        blind = {f"the program {name}" for name in self.trace["programs"]} | set(self.trace["unseen"])
        blind |= self.names & DESCRIPTORS
        compiled = {name for name, file in self.trace["modules"].items() if not file.endswith(".py")}
        strangers = self._strangers
        blind |= {self._package_of(name) for name in compiled} & strangers
        if not strangers:  # what a stranger may do with pyarrow nobody knows, whoever has loaded it
            compiled -= _LOADED_BY_PANDAS
        modules = compiled | {name for name in self.trace["modules"] if name.startswith("multiprocessing.")}
        blind |= {name.partition(".")[0] for name in modules if name.startswith(_OPENERS)}
        if strangers and "pyarrow" in self.trace["modules"]:
            blind.add("pyarrow")
        # Compiled code of the project itself, and modules that are no files: somebody's own doing.
        return blind | {name for name in compiled if not self._installed(self.trace["modules"][name])}

    def asks(self) -> bool:
        """Whether code may have asked for names, sizes or links."""
        return bool(self.names & ASKING or self._strangers)

    @functools.cached_property
    def _strangers(self) -> set[str]:
        """Installed packages that nobody has vouched for."""
        packages = {
            self._package_of(name) for name, file in self.trace["modules"].items() if self._installed(file)
        }
        known = _VOUCHED | sys.stdlib_module_names | {"__main__"}
        return {name for name in packages if name not in known and not name.startswith("_sysconfigdata")}

    def _package_of(self, module: str) -> str:
        return _find_package(module, self.trace["modules"][module])

    def find_unfit(self) -> Iterator[str]:
        """Why a result cannot be kept, whatever changes."""
        read = {self._name(path): tuple(stamp) for path, stamp in self.opened.items() if stamp}
        # What a program of its own wrote first and it read then is as it was read.
        changed = {
            name for name in self.wrote & read.keys() if stamp_file(str(self.root / name)) != read[name]
        }
        yield from (
            f"reads {name} and then changes it" for name in sorted(self._filled & read.keys() | changed)
        )
        if self.trace["connections"] and not self.named.network:
            yield f"connects to {', '.join(sorted(self.trace['connections'])[:3])}"


def list_loaded(modules: Mapping[str, str], now: Present) -> Iterator[tuple[str, str]]:
    """The inputs that loaded modules are, given by name and file: an installed package as a whole, others by file."""
    for name, file in modules.items():
        source = source_of(file)
        if not is_installed(source, now.root):
            yield FILE, now.name(source)
        elif name.partition(".")[0] in sys.stdlib_module_names:
            yield PACKAGE, os.path.dirname(os.__file__)  # noqa: PTH120
        else:
            yield PACKAGE, _find_top(source, name)


@functools.cache  # all notebooks load much the same
def _find_package(module: str, file: str) -> str:
    """The installed package that a module lies in, whatever it calls itself."""
    inside = next((file.removeprefix(folder) for folder in _SITE if file.startswith(folder)), module)
    return inside.partition(os.sep)[0].partition(".")[0]


def is_installed(path: str, root: Path) -> bool:
    """Whether a file belongs to an installed package; a project may itself lie below Python's folder, or hold it."""
    return path.startswith(_installed_outside(f"{root}{os.sep}"))


@functools.cache
def _installed_outside(root: str) -> tuple[str, ...]:
    return tuple(folder for folder in installed_folders() if not root.startswith(folder))


def _fingerprint(keys: Iterable[tuple[str, str]], now: Present) -> Iterator[Input]:
    for kind, name in sorted(set(keys)):
        yield kind, name, now.fingerprint(kind, name)
        if kind == VARIABLES:
            yield from (
                (VARIABLE, each, now.fingerprint(VARIABLE, each)) for each in now.list_variables(name)
            )
        if kind == PATTERN:
            yield from ((FILE, each, now.fingerprint(FILE, each)) for each in now.find_pattern(name))


def _fingerprint_opened(seen: _Seen, now: Present) -> Iterator[tuple[tuple[str, str], str]]:
    """Of each file its bytes, unless they were changed after it was opened."""
    for name, stamp in seen.list_read():
        same = stamp_file(str(now.root / name)) == (tuple(stamp) if stamp else None)
        yield (FILE, name), now.fingerprint(FILE, name) if same else CHANGING


def _fingerprint_project(before: Present, now: Present) -> Iterator[tuple[tuple[str, str], str]]:
    """Each file as it was when the kernel was started."""
    for name, (_, stamp) in before.tree.items():
        if not stamp:
            continue
        if now.tree.get(name, ("", ()))[1] == stamp:
            yield (FILE, name), now.fingerprint(FILE, name)
        else:
            yield (FILE, name), before.index.recall(str(before.root / name), stamp) or CHANGING


def _list_named(named: Named, now: Present) -> Iterator[tuple[str, str]]:
    """What the author says that the result rests on."""
    for name in named.inputs:
        path = Path(name).expanduser()
        plain = not any(sign in name for sign in "*?[") and not (now.root / path).is_dir()
        yield (FILE if plain else PATTERN), name_path(str(now.root / path), now.root)


def _find_top(file: str, module: str) -> str:
    """The folder of an installed package, or the file of a module by itself."""
    parts = module.count(".") + file.rpartition(os.sep)[2].startswith("__init__.py")
    # Not as a Path: of a thousand modules that took a tenth of a small build.
    return file.rsplit(os.sep, parts)[0] if parts else file
