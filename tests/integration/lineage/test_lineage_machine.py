"""Random lives of a lineage against a plain model: after every step counts, ancestry, credits and licences agree."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from remixhub.domain.access import VISITOR, session_actor
from remixhub.domain.errors import RemixHubError
from remixhub.domain.licences.terms import OFFERED, Licence
from remixhub.domain.lineage.elsewhere import Leave, NewElsewhere
from remixhub.domain.lineage.foreign_addresses import node_id
from remixhub.domain.moderation import ReportReason, TakedownState
from remixhub.models import Original, SourceLink, Work
from remixhub.services.licences import verdicts
from remixhub.services.licences.sources import NewSource
from remixhub.services.lineage import credits as owed
from remixhub.services.lineage import reading
from remixhub.services.moderation import takedowns
from remixhub.services.remixes import elsewhere, links
from remixhub.services.remixes.publishing import publish_work
from remixhub.services.remixes.remixes import NewRemix, create_remix
from remixhub.services.stems.receipts import record_download
from remixhub.services.works import works
from tests.integration.conftest import Hub
from tests.integration.lineage.catalogue import Catalogue
from tests.integration.lineage.model import ALLOWED, Model, ModelWork

LICENCES = st.sampled_from(sorted(ALLOWED))
NUMBERS = st.integers(0, 1_000)
LIMIT = 500
Outside = dict[str, tuple[str, str | None]]
OUTSIDE: st.SearchStrategy[Outside] = st.dictionaries(
    st.sampled_from([f"https://music.example/{number}" for number in range(3)]),
    st.tuples(LICENCES, st.none() | LICENCES),
    max_size=2,
)
"""Sources from elsewhere by their addresses: the licence, and that of their artist's leave if any."""


def declared(address: str, licence: str, leave: str | None) -> NewElsewhere:
    given = None if leave is None else Leave(Licence(leave), "Go ahead.", dt.date(2024, 3, 1))
    return NewElsewhere(address, "Rain", "Ines", Licence(licence), leave=given)


class Life(RuleBasedStateMachine):
    def __init__(self, hub: Hub, catalogue: Catalogue, original: Original) -> None:
        super().__init__()
        self.hub, self.catalogue, self.original = hub, catalogue, original
        self.model = Model()
        self.ids: list[str] = []
        self.packs: dict[int, str] = {}
        """Of the releases, whose stems can be taken."""
        self.in_force: dict[str, set[int]] = {}
        """Takedowns with the numbers of the works they name."""
        self.before: dict[int, str] = {}
        """What each of these works was before."""
        account_id = catalogue.account("artist")
        self.artist = session_actor(account_id, "artist", is_operator=False)
        self.house = session_actor(catalogue.account("house"), "house", is_operator=True)

    def pick(self, number: int) -> int:
        return number % len(self.ids)

    def citable(self, numbers: list[int]) -> list[int]:
        return [number for number in dict.fromkeys(map(self.pick, numbers)) if self.model.citable(number)]

    @rule(licence=LICENCES)
    def publish_release(self, licence: str) -> None:
        work_id = self.catalogue.work(f"Release {uuid.uuid4()}", licence=Licence(licence))
        self.packs[len(self.ids)], _ = self.catalogue.pack(work_id, [self.original])
        self.ids.append(work_id)
        self.model.works.append(ModelWork(licence))

    @precondition(lambda self: self.packs)
    @rule(number=NUMBERS)
    def take_stems(self, number: int) -> None:
        number = sorted(self.packs)[number % len(self.packs)]
        work = self.model.works[number]
        if work.state != "published":
            return
        record_download(self.artist, self.hub.parts, Licence(work.licence), stem_pack_id=self.packs[number])
        if work.licence not in work.received:
            work.received.append(work.licence)

    @rule(numbers=st.lists(NUMBERS, max_size=3), licence=LICENCES, outside=OUTSIDE)
    def publish_remix(self, numbers: list[int], licence: str, outside: Outside) -> None:
        cited = self.citable(numbers) if self.ids else []
        if not cited and not outside:
            return
        sources = self.model.settled(cited, licence, {})
        if not self.model.outside_allows(outside, licence):
            sources = None
        new = NewRemix(
            str(uuid.uuid4()),
            [NewSource(self.ids[number]) for number in cited],
            licence=Licence(licence),
            elsewhere=[declared(address, *held) for address, held in outside.items()],
        )
        if sources is None:
            assert self.refusal(lambda: create_remix(self.artist, self.hub.parts, new)) == "licence_conflict"
            return
        work_id = create_remix(self.artist, self.hub.parts, new).id
        with self.hub.parts.database.writing() as session:
            session.execute(sa.update(Work).where(Work.id == work_id).values(mix_sha256="a" * 64))
        publish_work(self.artist, self.hub.parts, work_id)
        self.ids.append(work_id)
        self.model.works.append(ModelWork(licence, sources=sources, elsewhere=dict(outside)))

    @precondition(lambda self: any(work.sources or work.elsewhere for work in self.model.works))
    @rule(number=NUMBERS, outside=OUTSIDE)
    def add_from_elsewhere(self, number: int, outside: Outside) -> None:
        remixes = [one for one, work in enumerate(self.model.works) if one not in self.packs]
        derivative = remixes[number % len(remixes)]
        work = self.model.works[derivative]
        for address, held in outside.items():
            new = declared(address, *held)
            refused = self.refusal(
                lambda new=new: elsewhere.add_elsewhere(self.artist, self.hub.parts, self.ids[derivative], new)
            )
            if work.state != "published":
                assert refused == "work_withdrawn"
            elif address in work.elsewhere:
                assert refused == "source_duplicate"
            elif address in work.removed_elsewhere:
                assert refused == "link_act_forbidden"
            elif not self.model.outside_allows({address: held}, work.licence):
                assert refused == "licence_conflict"
            else:
                # what is above may forbid more than it did when the work was published: then nothing is added
                allowed = work.licence in self.model.allowed_with(work.sources)
                assert refused == (None if allowed else "licence_conflict")
                if allowed:
                    work.elsewhere[address] = held

    @precondition(lambda self: any(work.elsewhere for work in self.model.works))
    @rule(number=NUMBERS)
    def dispute_and_remove_from_elsewhere(self, number: int) -> None:
        pairs = [(d, a) for d, work in enumerate(self.model.works) for a in work.elsewhere]
        derivative, address = pairs[number % len(pairs)]
        ids = (self.ids[derivative], node_id(address))
        elsewhere.dispute_elsewhere(self.artist, self.hub.parts, *ids, note="No.")
        elsewhere.decide_elsewhere(self.house, self.hub.parts, *ids, uphold=False, note="Right.")
        del self.model.works[derivative].elsewhere[address]
        self.model.works[derivative].removed_elsewhere.add(address)

    @precondition(lambda self: len(self.ids) > 1)
    @rule(derivative=NUMBERS, source=NUMBERS)
    def link(self, derivative: int, source: int) -> None:
        derivative, source = self.pick(derivative), self.pick(source)
        refused = self.refusal(
            lambda: links.add_link(self.artist, self.hub.parts, self.ids[derivative], NewSource(self.ids[source]))
        )
        work, cited = self.model.works[derivative], self.model.works[source]
        sources = self.model.settled([source], work.licence, work.sources)
        if work.state != "published":
            assert refused == "work_not_in_lineage"
        elif source in work.sources:
            assert refused == "link_exists"
        elif derivative == source:
            assert refused == "source_cyclic"
        elif not self.model.citable(source):
            assert refused == f"source_{cited.state}"
        elif source > derivative:
            assert refused == "source_younger"
        elif source in work.removed:
            assert refused == "link_act_forbidden"
        elif sources is None:
            assert refused == "licence_conflict"
        else:
            assert refused is None
            work.sources = sources

    @precondition(lambda self: any(work.sources for work in self.model.works))
    @rule(number=NUMBERS)
    def dispute_and_remove(self, number: int) -> None:
        pairs = [(d, s) for d, work in enumerate(self.model.works) if work.state == "published" for s in work.sources]
        if not pairs:
            return
        derivative, source = pairs[number % len(pairs)]
        ids = (self.ids[derivative], self.ids[source])
        links.dispute_link(self.artist, self.hub.parts, *ids, note="No.")
        links.decide_dispute(self.house, self.hub.parts, *ids, uphold=False, note="Right.")
        del self.model.works[derivative].sources[source]
        self.model.works[derivative].removed.add(source)

    @precondition(lambda self: self.ids)
    @rule(number=NUMBERS, licence=LICENCES)
    def relicense(self, number: int, licence: str) -> None:
        number = self.pick(number)
        work = self.model.works[number]
        if work.state != "published":
            return
        refused = self.refusal(
            lambda: works.update_work(self.artist, self.hub.parts, self.ids[number], {"licence": Licence(licence)})
        )
        fits = licence in self.model.allowed_with(work.sources) and self.model.outside_allows(work.elsewhere, licence)
        if (work.sources or work.elsewhere) and not fits:
            assert refused == "licence_conflict"
        else:
            assert refused is None
            work.licence = licence

    @precondition(lambda self: self.ids)
    @rule(number=NUMBERS)
    def withdraw(self, number: int) -> None:
        number = self.pick(number)
        if self.model.works[number].state == "published":
            works.withdraw_work(self.artist, self.hub.parts, self.ids[number])
            self.model.works[number].state = "withdrawn"

    @precondition(lambda self: self.ids)
    @rule(numbers=st.lists(NUMBERS, min_size=1, max_size=3))
    def take_down(self, numbers: list[int]) -> None:
        chosen = {self.pick(number) for number in numbers}
        taken, _ = takedowns.take_down(
            self.house, self.hub.parts, work_ids=[self.ids[one] for one in chosen], reason=ReportReason.OFFENSIVE
        )
        self.in_force[taken.id] = chosen
        for number in chosen:
            work = self.model.works[number]
            self.before.setdefault(number, work.state)
            work.state = "taken_down"

    @precondition(lambda self: self.in_force)
    @rule(number=NUMBERS)
    def restore(self, number: int) -> None:
        lifted = sorted(self.in_force)[number % len(self.in_force)]
        takedowns.decide_takedown(self.house, self.hub.parts, lifted, outcome=TakedownState.RESTORED)
        for one in self.in_force.pop(lifted):
            if not any(one in others for others in self.in_force.values()):
                self.model.works[one].state = self.before.pop(one)

    @invariant()
    def everything_agrees(self) -> None:
        self.hub.drain()
        with self.hub.parts.database.reading() as session:
            rows = {work.id: work for work in session.scalars(sa.select(Work).where(Work.id.in_(self.ids)))}
            links = session.scalars(sa.select(SourceLink).where(SourceLink.derivative_id.in_(self.ids))).all()
        for link in links:
            received = self.model.works[self.ids.index(link.source_id)].received
            assert link.grant_kind is None or link.licence in received
        for number, id in enumerate(self.ids):
            row, model = rows[id], self.model
            counts = (row.remix_count, row.descendant_count, row.generation)
            assert counts == (
                len(model.remixes(number)), len(model.descendants(number)), model.generation(number),
            )  # fmt: skip
            above = reading.list_ancestors(VISITOR, self.hub.parts, id, after=None, limit=LIMIT).rows
            below = reading.list_descendants(
                VISITOR, self.hub.parts, id, after=None, limit=LIMIT, newest_first=True
            ).rows
            assert [node.id for node in above] == [self.ids[one] for one in sorted(model.ancestors(number))]
            assert [node.id for node in below] == [self.ids[one] for one in sorted(model.descendants(number))[::-1]]
            credits = owed.list_credits(VISITOR, self.hub.parts, id, after=None, limit=LIMIT).rows
            outside = {node_id(address): licence for address, licence in model.credited(number).items()}
            assert {credit.work_id for credit in credits} == {node.id for node in above} | set(outside)
            assert {credit.work_id: credit.licence for credit in credits if credit.seen} == outside
            held = {credit.work_id: credit.licence for credit in credits}
            for source, licence in model.works[number].sources.items():
                assert held[self.ids[source]] == licence
            allowed = verdicts.allowed_licences(VISITOR, self.hub.parts, id).for_remixes
            assert set(allowed) & set(OFFERED) == model.allowed(
                model.held_above(number) | {model.works[number].licence}
            )

    def refusal(self, act: object) -> str | None:
        try:
            act()  # type: ignore[operator]
        except RemixHubError as exc:
            return exc.code
        return None


def test_a_lineage_agrees_with_the_plain_model_after_every_step(hub: Hub) -> None:
    catalogue = Catalogue(hub.parts)
    original = catalogue.original()
    run_state_machine_as_test(
        lambda: Life(hub, catalogue, original),
        settings=settings(
            max_examples=20, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
