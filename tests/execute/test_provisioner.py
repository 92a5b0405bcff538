"""Warm kernels for other tools: plain jupyter_client with a kernelspec that names the provisioner."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

from sourcebook.execute import fork_client
from sourcebook.execute.provisioner import NAME

pytestmark = pytest.mark.skipif(
    not fork_client.can_fork(), reason="this system does not fork safely: every kernel is started anew"
)
PARENT = "int(open(f'/proc/{__import__(\"os\").getppid()}/stat').read().rpartition(')')[2].split()[1])"


@pytest.fixture
def warm(tmp_path, monkeypatch) -> str:
    """The name of a kernelspec that names the provisioner, known while a test lasts."""
    spec = KernelSpecManager().get_kernel_spec("python3").to_dict()
    spec["metadata"] = {"kernel_provisioner": {"provisioner_name": NAME, "config": {"modules": ["numpy"]}}}
    spec["argv"][0] = sys.executable
    spec["env"] = {
        "OPENBLAS_NUM_THREADS": "1"
    }  # numpy would start threads, beside which nothing can be forked
    folder = tmp_path / "jupyter" / "kernels" / "warm"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    return "warm"


async def ask(client, expression: str) -> str:
    """The value of an expression, or the name of the error it raised."""
    message = client.execute("", silent=True, user_expressions={"it": expression})
    while True:
        reply = await client.get_shell_msg(timeout=60)
        if reply["parent_header"].get("msg_id") == message:
            break
    if reply["content"]["status"] != "ok":
        return reply["content"]["ename"]
    it = reply["content"]["user_expressions"]["it"]
    return it["data"]["text/plain"] if it["status"] == "ok" else it["ename"]


@pytest.mark.parametrize("transport", ["tcp", "ipc"])
def test_a_plain_manager_starts_interrupts_restarts_and_ends_warm_kernels(warm, tmp_path, transport):
    async def use() -> None:
        """What JupyterLab does with a kernel in the course of a day."""
        manager = AsyncKernelManager(kernel_name=warm, transport=transport)
        if transport == "ipc":
            manager.connection_file = str(tmp_path / "kernel.json")
        (tmp_path / "work").mkdir()
        await manager.start_kernel(cwd=str(tmp_path / "work"))
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=60)
        assert int(await ask(client, PARENT)) in {server._process.pid for server in fork_client._servers}
        assert await ask(client, "__import__('os').getcwd()") == repr(str(tmp_path / "work"))

        loop = "[open('looping', 'w').close(), [None for _ in iter(int, 1)]]"
        asked = asyncio.ensure_future(ask(client, loop))
        while not (tmp_path / "work" / "looping").exists():
            await asyncio.sleep(0.02)
        await manager.interrupt_kernel()
        assert await asked in ("KeyboardInterrupt", "None")

        before = int(await ask(client, "__import__('os').getpid()"))
        await manager.restart_kernel()
        await client.wait_for_ready(timeout=60)
        after = int(await ask(client, "__import__('os').getpid()"))
        assert after != before
        client.stop_channels()
        await manager.shutdown_kernel()
        assert not await manager.is_alive()
        assert not Path(f"/proc/{after}").exists()

    asyncio.run(use())


def test_a_folder_given_as_seen_from_here_is_the_kernels(warm, tmp_path, monkeypatch):
    async def use() -> str:
        """Starts a kernel where a relative path leads."""
        manager = AsyncKernelManager(kernel_name=warm)
        await manager.start_kernel(cwd="work")
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=60)
        found = await ask(client, "__import__('os').getcwd()")
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        return found

    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path)
    assert asyncio.run(use()) == repr(os.path.realpath(tmp_path / "work"))
