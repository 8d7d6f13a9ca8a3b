"""The command without a hub: credentials, exit codes, JSON, completions, the manual page, and what it imports."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from remixhub.client import credentials
from remixhub.client.cli import main
from remixhub.client.manual import manual_page
from remixhub.client.memory import remembered
from remixhub.client.output import Lines, plain
from remixhub.client.parser import SHELLS, build_parser
from tests.web_servers import Reply, Request, web_server

ROOT = Path(__file__).parents[3]
_IMPORTS = """
import sys
import remixhub.client, remixhub.client.cli, remixhub.client.output, remixhub.client.hub
strangers = {"numpy", "flask", "sqlalchemy", "marshmallow", "boto3", "redis", "soundfile"} & set(sys.modules)
ours = [name for name in sys.modules if name.startswith("remixhub.")]
service = [name for name in ours if name.split(".")[1] not in ("client", "domain")]
print(sorted(strangers), service)
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("REMIXHUB_HUB", raising=False)
    monkeypatch.delenv("REMIXHUB_TOKEN", raising=False)
    return tmp_path


def test_it_imports_nothing_of_the_service() -> None:
    done = subprocess.run([sys.executable, "-c", _IMPORTS], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[] []\n"


def test_credentials_are_nobody_elses_and_hubs_are_told_apart(place: Path) -> None:
    kept = credentials.Credentials()
    kept.keep("https://one.example", {"token": "1"})
    kept.keep("https://two.example", {"token": "2"})
    assert kept.path == place / "config" / "remixhub" / "credentials.json"
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.path.parent.stat().st_mode) == 0o700
    assert kept.chosen(None) == "https://two.example"
    assert kept.chosen("one.example") == "https://one.example"
    kept.forget("https://two.example")
    assert kept.chosen(None) == "https://one.example"
    assert kept.hubs == {"https://one.example": {"token": "1"}}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["whoami"], 5, "no_hub"),
        (["push", "nowhere", "--hub", "hub.example"], 2, "usage"),
        (["pull", "https://other.example/works/1", "--hub", "hub.example"], 2, "usage"),
        (["pull", "a b", "--hub", "hub.example"], 2, "usage"),
        (["mix", "nowhere.json", "--hub", "hub.example"], 2, "usage"),
        (["enter", "c1", "--hub", "hub.example"], 2, "usage"),
        (["logout", "--hub", "hub.example"], 5, "not_signed_in"),
    ],
)
def test_failures_have_codes_for_programs(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--json"]) == code
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (line["event"], line["code"], line["exit"]) == ("failure", said, code)
    assert main(arguments) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("remixhub: ")


def test_options_may_stand_anywhere_and_errors_show_the_commands_own_usage(capsys: pytest.CaptureFixture[str]) -> None:
    for order in (["c1", "--accept", "a.wav"], ["--accept", "c1", "a.wav"], ["c1", "a.wav", "--accept", "-q"]):
        read = build_parser().parse_args(["--hub", "h", "enter", *order])
        assert (read.contest, read.file, read.accept, read.hub) == ("c1", Path("a.wav"), True, "h")
    for wrong in (["enter", "c1", "--nope", "a.wav"], ["enter"], ["enter", "c1", "a.wav", "b.wav"]):
        with pytest.raises(SystemExit) as left:
            build_parser().parse_args(wrong)
        assert left.value.code == 2
        assert capsys.readouterr().err.startswith("usage: remixhub enter ")


def test_a_licence_that_is_none_is_told_in_words(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "Rain").mkdir()
    soundfile.write(place / "Rain" / "a.wav", np.zeros((100, 2)), 44_100)
    problem = {
        "code": "invalid",
        "detail": "x",
        "violations": [{"pointer": "/licence", "message": "Must be one of: a, b"}],
    }

    def answer(request: Request) -> Reply:
        if request.path.endswith("/account"):
            return Reply(body=b'{"handle": "ada"}')
        return Reply(422, body=json.dumps(problem).encode())

    with web_server(answer) as server:
        hub = f"http://127.0.0.1:{server.port}"
        assert main(["push", "--hub", hub, "--licence", "cc-by-9", str(place / "Rain")]) == 2
        assert [request.path for request in server.requests] == ["/api/v1/account", "/api/v1/releases"]
    told = capsys.readouterr().err
    assert "“cc-by-9”" in told
    assert "remixhub licences" in told
    assert "Must be" not in told


def test_two_pushes_of_a_folder_do_not_run_at_once(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "Rain").mkdir()
    soundfile.write(place / "Rain" / "a.wav", np.zeros((100, 2)), 44_100)
    with remembered("https://hub.example", place / "Rain"):
        assert main(["push", str(place / "Rain"), "--hub", "hub.example", "--json"]) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["code"] == "already_running"


@pytest.mark.parametrize("shell", SHELLS)
def test_shells_can_complete_it(shell: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["completion", shell]) == 0
    script = tmp_path / f"completion.{shell}"
    script.write_text(capsys.readouterr().out)
    assert "push" in script.read_text()
    if shutil.which(shell):
        subprocess.run([shell, "-n", script], check=True, capture_output=True)


def test_the_manual_page_is_that_of_the_parser_and_names_every_option() -> None:
    page = (ROOT / "docs" / "remixhub.1").read_text(encoding="utf-8")
    assert page == manual_page(build_parser()), "run scripts/client-api"
    assert "\\-\\-new\\-version" in page


@pytest.mark.slow
def test_the_generated_client_is_of_this_api() -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = [sys.executable, ROOT / "scripts" / "client-api", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PATH": path})
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_event_is_documented() -> None:
    docs = (ROOT / "docs" / "client.md").read_text(encoding="utf-8")
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "remixhub" / "client").glob("*.py"))
    events = set(re.findall(r"(?:\.say|_changed)\(\s*\"(\w+)\"", source))
    assert len(events) > 25
    assert sorted(event for event in events if f"`{event}`" not in docs) == []


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_bars_are_shown_on_terminals_alone() -> None:
    for err, quiet, is_shown in ((_Terminal(), False, True), (_Terminal(), True, False), (io.StringIO(), False, False)):
        out = io.StringIO()
        lines = Lines(quiet=quiet, out=out, err=err)
        with lines.bar("kick.wav", 100_000_000, 20_000_000) as bar:
            bar.advance(20_000_000)
        lines.waiting("the hub reads")
        lines.say("done", "It is done.")
        assert ("kick.wav" in err.getvalue(), "the hub reads" in err.getvalue()) == (is_shown, is_shown)
        assert out.getvalue() == ("" if quiet else "It is done.\n")


def test_what_others_wrote_steers_no_terminal() -> None:
    assert plain("a\x1b[2Jb\x9b\nc") == "a�[2Jb�\nc"
