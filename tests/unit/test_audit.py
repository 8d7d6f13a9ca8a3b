"""`scripts/audit`: what fails it, what excuses, and that a network that is away neither fails nor passes for news."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "audit"
EXCUSE = '[[excused]]\nid = "{id}"\npackage = "pypi/pillow"\nreason = "never read here"\nuntil = {until}\n'


@dataclass
class Project:
    """With locks of its own, and programs that answer as the real ones do."""

    folder: Path

    def listing(self, *more: str) -> None:
        advisory = '[[advisory]]\nid = "CVE-1"\naliases = ["GHSA-1"]\nsummary = "of old"\n'
        rule = 'package = "pypi/pillow"\naffected = ["<12.3.0"]\n'
        text = "\n".join(["as_of = 2026-01-01", advisory + rule, *more])
        (self.folder / "docs" / "advisories.toml").write_text(text, encoding="utf-8")

    def lock(self, version: str) -> None:
        (self.folder / "requirements.txt").write_text(f"Pillow=={version} \\\n    --hash=sha256:0\n", encoding="utf-8")

    def program(self, name: str, answer: object) -> None:
        path = self.folder / "bin" / name
        path.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(answer)}\nEND\n", encoding="utf-8")
        path.chmod(0o755)

    def audit(self) -> tuple[int, str]:
        ended = subprocess.run(
            [sys.executable, SCRIPT],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": f"{self.folder / 'bin'}:/usr/bin:/bin", "AUDIT_SECONDS": "10"},
        )
        assert not ended.stderr
        return ended.returncode, ended.stdout


@pytest.fixture
def project(tmp_path: Path) -> Project:
    lock = tmp_path / "remixhub" / "web" / "frontend" / "package-lock.json"
    for folder in (tmp_path / "docs", tmp_path / "bin", lock.parent):
        folder.mkdir(parents=True)
    lock.write_text(json.dumps({"packages": {"": {}, "node_modules/lodash": {"version": "4.17.20"}}}), encoding="utf-8")
    made = Project(tmp_path)
    made.lock("13.0.0")
    made.listing()
    made.program("pip-audit", {"dependencies": [{"name": "pillow", "skip_reason": "not found on PyPI"}]})
    made.program("npm", {"error": {"code": "ENETUNREACH"}})
    return made


def test_what_no_advisory_speaks_of_passes_and_what_was_not_asked_is_said(project: Project) -> None:
    code, said = project.audit()
    assert code == 0
    assert "PyPI: NOT REACHED" in said
    assert "npm: NOT REACHED" in said
    assert "1 advisories" in said
    assert "(OLD)" in said


def test_a_listed_advisory_fails_without_any_network(project: Project) -> None:
    project.lock("12.2.0")
    code, said = project.audit()
    assert code == 1
    assert "pypi/pillow 12.2.0: CVE-1 of old" in said


@pytest.mark.parametrize(
    ("id", "until", "passes"),
    [("GHSA-1", "9999-01-01", True), ("CVE-1", "2026-01-02", False), ("CVE-2", "9999-01-01", False)],
)
def test_an_excuse_counts_for_its_advisory_and_until_its_day(
    project: Project, id: str, until: str, passes: bool
) -> None:
    project.lock("12.2.0")
    project.listing(EXCUSE.format(id=id, until=until))
    code, said = project.audit()
    assert (code == 0) == passes
    assert ("excused: pypi/pillow" in said) == passes


def test_what_pypi_says_counts(project: Project) -> None:
    found = {"id": "PYSEC-9", "aliases": ["CVE-9"], "fix_versions": ["13.0.1"]}
    project.program("pip-audit", {"dependencies": [{"name": "Pillow", "version": "13.0.0", "vulns": [found]}]})
    code, said = project.audit()
    assert code == 1
    assert "PyPI: asked" in said
    assert "pypi/pillow 13.0.0: PYSEC-9 fixed in 13.0.1" in said
    project.listing(EXCUSE.format(id="CVE-9", until="9999-01-01"))
    assert project.audit()[0] == 0


def test_what_npm_says_counts(project: Project) -> None:
    via = {"source": 1, "name": "lodash", "title": "prototypes", "url": "https://github.com/advisories/GHSA-npm"}
    project.program("npm", {"vulnerabilities": {"lodash": {"via": [via, "another"]}}})
    code, said = project.audit()
    assert code == 1
    assert "npm/lodash 4.17.20: GHSA-npm prototypes" in said
    project.program("npm", {"vulnerabilities": {}})
    assert project.audit()[0] == 0
