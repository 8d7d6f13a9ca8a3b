"""Secret remixers: everybody is dealt a source of another."""

from __future__ import annotations

from tests.integration.conftest import Client
from tests.integration.contests.conftest import JURY, ContestStage, code


def test_a_secret_remixer_deals_everybody_a_source_of_another(stage: ContestStage, host: Client) -> None:
    contest = stage.contest(JURY, release_id=None, is_secret_remixer=True)
    path = f"/contests/{contest['id']}"
    stage.announce(contest)
    gives = {handle: stage.catalogue.work(f"By {handle}", by=handle) for handle in ("ann", "bo", "cy")}
    assert code(host.post(f"{path}/deal")) == (409, "deal_too_small")
    for handle, work in gives.items():
        assert stage.person(handle).put(f"{path}/sign-up", {"work_id": work}).status_code == 200
    assert stage.person("ann").put(f"{path}/sign-up", {"work_id": gives["bo"]}).status_code == 403
    assert host.post(f"{path}/deal").get_json() == {"participants": 3}
    assert code(host.post(f"{path}/deal")) == (409, "contest_phase_wrong")
    dealt = {handle: stage.person(handle).get(f"{path}/sign-up").get_json()["dealt_work_id"] for handle in gives}
    assert set(dealt.values()) == set(gives.values())
    assert all(dealt[handle] != gives[handle] for handle in gives)
    stage.pass_hours(contest, 1.5)
    wrong = stage.remix("ann", next(one for one in gives.values() if one not in (dealt["ann"], gives["ann"])))
    assert code(stage.enter("ann", contest, work_id=wrong)) == (409, "entry_outside_lineage")
    right = stage.remix("ann", dealt["ann"], title="Right")
    assert stage.enter("ann", contest, work_id=right).status_code == 201
