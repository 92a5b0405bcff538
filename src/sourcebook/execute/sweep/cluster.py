"""A Dask cluster as an executor; needs the optional package ``distributed``."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from sourcebook.errors import Issue, ToolError


@contextmanager
def open_cluster(address: str) -> Iterator[Executor]:
    """The cluster whose scheduler answers at ``address``, such as ``tcp://10.0.0.5:8786``, until the block ends.

    Its workers need the same packages, and must see the project by the same path. What a lost worker had in hand the
    scheduler gives to another, as often as its setting ``allowed-failures`` says (3).
    Raises ``ToolError`` when Dask is not installed or nobody answers.
    """
    try:
        from distributed import Client
        from distributed.comm import get_address_host_port
    except ImportError as error:
        fix = "install it into the environment of sourcebook: pip install 'sourcebook[dask]'"
        raise ToolError(
            "Dask is not installed.", [Issue("--dask", "needs dask.distributed", fix=fix)]
        ) from error
    try:
        get_address_host_port(address)  # a client that cannot read its address takes long to go
        client = Client(address, set_as_default=False, timeout=10)
    except (OSError, ValueError) as error:
        fix = "start one: dask scheduler, and on each machine: dask worker ADDRESS --nthreads 1"
        issue = Issue(
            f"--dask {address}", "no scheduler answers", str(error), "such as tcp://10.0.0.5:8786", fix
        )
        raise ToolError("The Dask cluster cannot be reached.", [issue]) from error
    with client:
        yield client.get_executor(pure=False)  # the same job may be wanted twice
