"""`make run` as one sees it: what it prints, what it survives, and what it leaves behind."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import urllib3

from remixhub.dev.client import ApiClient
from remixhub.dev.ports import LOOPBACK, free_ports
from remixhub.dev.stack import Stack
from tests.faults.crew import children_of

pytestmark = pytest.mark.timeout(240)
PATIENCE_MS = 60_000


class Run:
    """One `python -m remixhub.dev.run`, read line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []

    @property
    def url(self) -> str:
        return re.findall(r"http://[\w.:]+", "".join(self.lines))[0]

    def read_until(self, text: str) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if text in line:
                return line
        raise AssertionError(f"it ended without {text!r}:\n" + "".join(self.lines))

    def parts(self) -> dict[str, int]:
        """Process ids by what their command lines say."""
        found = {}
        for pid in children_of(self.process.pid):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            command = command.replace("rq:worker:", "workers.worker ")  # RQ's title where setproctitle is installed
            for name in ("weed", "valkey-server", "workers.worker", "workers.scheduler", "gunicorn"):
                if name in command:
                    found[name] = pid
        return found


@contextmanager
def running(folder: Path, port: int) -> Iterator[Run]:
    command = [sys.executable, "-m", "remixhub.dev.run", "--no-demo", "--data", str(folder), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        run = Run(process)
        try:
            run.read_until("└")
            yield run
        finally:
            process.kill()  # the parts notice


def is_serving(pid: int) -> bool:
    """Whether a worker of gunicorn waits for requests, and is not still on its way there."""
    return any("eventpoll" in str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir())


def wait_for_end(pids: list[int]) -> None:
    with ExitStack() as opened:
        for pid in pids:
            try:
                handle = os.pidfd_open(pid)
            except ProcessLookupError:
                continue
            opened.callback(os.close, handle)
            poll = select.poll()
            poll.register(handle, select.POLLIN)
            assert poll.poll(PATIENCE_MS), f"process {pid} lives on"


def test_it_keeps_data_and_leaves_nothing_behind_however_it_ends(tmp_path: Path) -> None:
    folder = tmp_path / "a folder with spaces"
    with socket.create_server((LOOPBACK, 0)) as other, running(folder, other.getsockname()[1]) as run:
        port = other.getsockname()[1]
        assert not run.url.endswith(f":{port}"), "a taken port is stepped around"
        ApiClient(run.url).sign_up("keeper", "a long enough password", "Keeper")
        assert stat.S_IMODE((folder / "keys.json").stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        pids = list(run.parts().values())
        assert len(pids) == 5
        run.process.kill()
    folder.chmod(0o755)
    # No waiting in between: the second run has to wait for what is left of the first by itself.
    with running(folder, port) as again:
        wait_for_end(pids)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, "also that of a hub of before"
        assert ApiClient(again.url).get("/accounts/keeper")["display_name"] == "Keeper"
        assert urllib3.request("GET", f"{again.url}/verify-address/nobody-may-read-this").status == 200
        pids = list(again.parts().values())
        again.process.send_signal(signal.SIGINT)
        told = again.read_until("stopping seaweedfs")
        assert told
        assert again.process.wait() == 0
        order = [line.split()[1].rstrip(",") for line in again.lines if line.strip().startswith("stopping ")]
        assert order == ["web", "scheduler", "valkey", "seaweedfs"]
        assert all(not Path(f"/proc/{pid}").exists() for pid in pids)
    logs = "".join(log.read_text(encoding="utf-8") for log in (folder / "log").glob("*.log"))
    assert '"route": "/verify-address/<token>"' in logs
    assert "nobody-may-read-this" not in logs


def test_a_part_that_dies_is_started_again_and_announced(tmp_path: Path) -> None:
    with running(tmp_path / "var", free_ports(1)[0]) as run:
        before = run.parts()
        for name, told in (
            ("valkey-server", "valkey"),
            ("weed", "seaweedfs"),
            ("gunicorn", "web"),
            ("workers.scheduler", "scheduler"),
            ("workers.worker", "worker"),
        ):
            os.kill(before[name], signal.SIGKILL)
            line = run.read_until("killed by signal 9")
            assert told in line
            assert "starting it again" in line


def test_a_web_killed_hard_leaves_no_process_on_its_port(tmp_path: Path) -> None:
    """Its workers are stopped first, so that they could not notice by themselves."""
    with running(tmp_path / "var", free_ports(1)[0]) as run:
        master = run.parts()["gunicorn"]
        while len(workers := [pid for pid in children_of(master) if is_serving(pid)]) < 2:
            urllib3.request("GET", f"{run.url}/healthz")
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        os.kill(master, signal.SIGKILL)
        wait_for_end(workers)
        run.read_until("starting it again")
        # the port was held all the time, so the next web is waited for by who asks
        assert urllib3.request("GET", f"{run.url}/healthz", timeout=PATIENCE_MS / 1000).status == 200
        assert run.parts()["gunicorn"] != master


def test_a_second_hub_on_the_same_data_and_a_reset_are_refused_while_one_runs(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    folder.mkdir()
    with Stack(folder).locked():
        for more in ([], ["--reset"]):
            command = [sys.executable, "-m", "remixhub.dev.run", "--data", str(folder), *more]
            refused = subprocess.run(command, capture_output=True, text=True, input="wipe\n", check=False)
            assert refused.returncode == 1
            assert "stop it first" in refused.stderr
    reset = [sys.executable, "-m", "remixhub.dev.run", "--data", str(folder), "--reset"]
    assert subprocess.run(reset, capture_output=True, text=True, input="no\n", check=False).returncode == 1
    assert folder.exists()
    subprocess.run(reset, capture_output=True, text=True, input="wipe\n", check=True)
    assert not folder.exists()
