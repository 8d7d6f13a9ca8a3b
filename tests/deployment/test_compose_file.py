"""What every service of the compose file keeps to, and the two scripts beside it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.deployment.compose import HUB_USER, command_of, read_compose, services, user_of
from tests.deployment.doors import ROOT

SCRIPTS = ROOT / "scripts"
as_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="secrets belong to users of containers, which root alone can say"
)


@pytest.fixture(params=sorted(services()))
def service(request: pytest.FixtureRequest) -> dict[str, Any]:
    return services()[request.param]


def test_every_service_is_bounded_and_holds_few_rights(service: dict[str, Any]) -> None:
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["healthcheck"]["test"] if "healthcheck" in service and service["restart"] != "no" else True


def test_images_are_named_exactly_with_room_for_a_digest(service: dict[str, Any]) -> None:
    if "build" not in service and not service["image"].startswith("remixhub:"):
        assert re.fullmatch(r"[a-z/]+:\d+\.\d+(\.\d+)?[a-z-]*\$\{REMIXHUB_DIGEST_[A-Z]+:-\}", service["image"])


def test_only_the_proxy_is_reached_from_outside_and_the_data_from_inside_alone() -> None:
    assert [name for name, one in services().items() if "ports" in one] == ["proxy"]
    networks = read_compose()["networks"]
    reached = {name: set(one.get("networks", [])) for name, one in services().items()}
    assert {name for name in reached if "edge" in reached[name]} == {"proxy", "web", "storage"}
    assert "inner" not in reached["proxy"]
    for name in ("database", "valkey", "storage"):
        assert all(networks[network]["internal"] for network in reached[name]), name


def test_the_storage_takes_what_its_disk_holds() -> None:
    """By itself SeaweedFS stops at eight volumes of 30 GB, and one bucket takes seven of them at once."""
    words = " ".join(command_of("storage", {})).split()
    assert "-volume.max=0" in words
    assert "-master.volumeSizeLimitMB=2048" in words


@as_root
def test_secrets_are_made_once_and_belong_to_who_reads_them(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    make = [str(SCRIPTS / "make-secrets"), str(folder)]
    subprocess.run(make, check=True, capture_output=True)
    made = {path.name: path.read_text() for path in folder.iterdir()}
    assert set(made) == set(read_compose()["secrets"])
    assert made["database_password"] in made["database_url"]
    assert made["valkey_password"] in made["redis_url"]
    assert len(made["secret_key"]) >= 32
    (folder / "secret_key").chmod(0o644)
    (folder / "redis_url").unlink()
    again = subprocess.run(make, check=True, capture_output=True, text=True)
    assert again.stdout.count("made ") == 1
    assert {path.name: path.read_text() for path in folder.iterdir()} == made
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    for name, one in services().items():
        for secret in one.get("secrets", []):
            owner = str((folder / secret).stat().st_uid)
            assert owner == user_of(name), (name, secret)


def test_secrets_stay_out_of_the_words_of_a_process() -> None:
    for name in services():
        for word in command_of(name, {"REMIXHUB_PUBLIC_URL": "https://a.example"}):
            assert not re.search(r"--\S+ \"?\$\(cat /run/secrets", word), name


def test_the_image_runs_as_the_user_to_whom_the_secrets_belong() -> None:
    assert f"USER {HUB_USER}\n" in (ROOT / "Dockerfile").read_text()


def test_digests_are_asked_for_every_image(tmp_path: Path) -> None:
    docker = tmp_path / "docker"
    docker.write_text('#!/bin/sh\necho "sha256:of-$4"\n')
    docker.chmod(0o755)
    environ = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    pinned = subprocess.run([SCRIPTS / "pin-images"], env=environ, check=True, capture_output=True, text=True).stdout
    lines = dict(line.split("=", 1) for line in pinned.splitlines())
    text = (ROOT / "docker-compose.yml").read_text()
    assert set(lines) == set(re.findall(r"\{(REMIXHUB_DIGEST_[A-Z]+):-\}", text))
    assert lines["REMIXHUB_DIGEST_CADDY"].startswith("@sha256:of-caddy:2.")


def test_what_can_be_set_is_written_down() -> None:
    written = (ROOT / "docs/deployment.md").read_text()
    settable = set(re.findall(r"\$\{(REMIXHUB_(?!DIGEST)\w+)", (ROOT / "docker-compose.yml").read_text()))
    assert {name for name in settable if f"`{name}`" not in written} == set()
