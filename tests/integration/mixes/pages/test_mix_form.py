"""The plain form of a mix: every fault at its field at once, by the stems' names; what an ND release says before."""

from __future__ import annotations

import flask.testing

from remixhub.domain.licences.terms import Licence
from remixhub.models import Mix, Stem
from tests.integration.conftest import Hub
from tests.integration.reading_stage import ReadingStage


def test_all_faulty_fields_are_told_by_the_names_of_their_stems(
    hub: Hub, stage: ReadingStage, fan: flask.testing.FlaskClient
) -> None:
    address = f"/stem-packs/{stage.ids['release_pack']}/mix"
    before = len(hub.rows(Mix))
    stems = [one.id for one in hub.rows(Stem) if one.stem_pack_id == stage.ids["release_pack"]]
    form = {f"{stems[0]}-gain_db": "loud", f"{stems[0]}-pan": "3", f"{stems[1]}-gain_db": "60", "title": "x" * 201}
    refused = fan.post(address, data=form)
    assert refused.status_code == 422
    for said in ("Gain of “Stem 0”", "Pan of “Stem 0”", "Gain of “Stem 1”", "must be from -60 to 24", "At most 200"):
        assert said in refused.text
    assert "/lanes/" not in refused.text
    for field in [name for name in form if name != "title"]:
        assert f'aria-describedby="{field}-fault"' in refused.text
        assert f'id="{field}-fault"' in refused.text
    assert 'value="loud"' in refused.text
    assert len(hub.rows(Mix)) == before


def test_a_release_that_nobody_may_remix_says_so_before_one_mixes_it(
    stage: ReadingStage, fan: flask.testing.FlaskClient
) -> None:
    desk, shown = f"/stem-packs/{stage.ids['release_pack']}/mix", f"/works/{stage.ids['release']}"
    for page in (desk, shown):
        assert "stays yours alone" not in fan.get(page).text
    stage.catalogue.relicense(stage.ids["release"], Licence.BY_ND)
    for page in (desk, shown):
        assert "stays yours alone" in fan.get(page).text
        assert f"/works/{stage.ids['release']}/leave" in fan.get(page).text
