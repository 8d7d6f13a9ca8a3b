"""Whose account the works of somebody elsewhere come to."""

from __future__ import annotations

from pathlib import Path

from remixhub.domain.access import SYSTEM
from remixhub.services.bundles.bringing.errand import Errand
from remixhub.services.bundles.verifying import Signature, _Folder
from tests.unit.services.bundles.stage import HUB, a_bundle, a_work


def test_a_name_is_nobodys_where_there_is_an_address() -> None:
    errand = Errand(
        operator=SYSTEM, bundle=a_bundle(), hub_url=HUB, opened=_Folder(Path(), {}), signature=Signature.KNOWN,
        key_id="0" * 16, own={"ada": "account"}, may_be_new=False, tell=lambda _path: None,
    )  # fmt: skip
    assert errand.own_account(a_work(1, "Night", "Ada", artist_url=f"{HUB}/artists/ada")) == "account"
    assert errand.own_account(a_work(1, "Night", "ada", artist_url=f"{HUB}/artists/eve")) is None
    assert errand.own_account(a_work(1, "Night", "ada")) == "account"
