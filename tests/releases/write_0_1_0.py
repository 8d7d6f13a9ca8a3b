"""Fills a hub of release 0.1.0 with the demo, a contest that was decided and what moderators did, and writes its rows.

Run once, by the code of that release, on a machine that has its requirements (today's serve):

    git archive f78a431 | tar x -C DIR && cp tests/releases/{plain_sound,write_0_1_0}.py DIR
    cd DIR && python write_0_1_0.py …/tests/releases/0.1.0.jsonl

Names and sounds are made up. A line is a table with its columns and a row, or a small object of the storage.
"""

# ruff: noqa
# mypy: ignore-errors
import base64
import datetime as dt
import json
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

from plain_sound import plain_wav
from remixhub.dev import demo_content, stack as stacks
from remixhub.dev.client import ApiClient, ApiFailure
from remixhub.dev.music import SONGS, WrittenSong
from remixhub.dev.performer import Performer
from remixhub.storage.s3 import ObjectStore

SECRET = "0123456789abcdef" * 4
SMALL_BYTES = 3000
RUBRIC = [
    {"key": "craft", "title": "Craft", "weight": 2, "max_score": 10},
    {"key": "idea", "title": "Idea", "weight": 1, "max_score": 5},
]


def write_stems(song, directory):
    """In place of the demo's music: two seconds that are the same bytes everywhere."""
    directory.mkdir(parents=True, exist_ok=True)
    first = 6 * SONGS.index(song)
    paths = []
    for number, name in enumerate([*song.filenames, "reference mix"], first):
        named = song.filenames.get(name, f"{song.title} (reference mix).wav")
        paths.append(directory / f"{Path(named).stem}.wav")
        paths[-1].write_bytes(plain_wav(number))
    return WrittenSong(tuple(paths[:-1]), paths[-1])


class Story:
    def __init__(self, stack, folder):
        self.stack, self.folder = stack, folder
        self.people = {}

    def sql(self, text, *values):
        with sqlite3.connect(self.stack.folder / "remixhub.db", timeout=30) as connection:
            return connection.execute(text, values).fetchall()

    def tell(self, handle, name=""):
        client = ApiClient(self.stack.url)
        client.sign_up(handle, f"the sentence of {handle}", name or handle.title())
        self.people[handle] = client
        return client

    def again(self, handle, passwords):
        client = ApiClient(self.stack.url)
        client.sign_in(handle, passwords[handle])
        self.people[handle] = client
        return client

    def run(self):
        accounts = self.folder / "accounts.json"
        demo_content.write_stems = write_stems
        handles = iter(demo_content.ACCOUNTS)
        demo_content.secrets = SimpleNamespace(token_urlsafe=lambda _length: f"the sentence of {next(handles)}")
        demo_content.fill_demo(self.stack.url, accounts)
        passwords = json.loads(accounts.read_text())
        for handle in passwords:
            self.again(handle, passwords)
        for handle in ("ada", "ben", "cleo", "dmitri", "eva"):
            self.tell(handle)
        self.tell("operator", "The House")
        self.sql("UPDATE accounts SET is_operator = 1 WHERE handle = 'operator'")
        self.sql("UPDATE accounts SET email_verified_at = 1577836800000 WHERE handle != 'operator'")
        pier = self.work("Pier Lights")
        self.contest(pier)
        self.strict_contest(pier)
        self.downloads(pier)
        self.house(pier)
        self.odds_and_ends(pier)
        time.sleep(8)

    def work(self, title):
        return self.people["ada"].get(f"/works/{self.sql('SELECT id FROM works WHERE title = ?', title)[0][0]}")

    def remix(self, handle, pier, title, **lanes):
        performer = Performer(self.people[handle])
        mix = performer.render_mix(pier, lanes, title)
        return performer.publish_remix(title, [{"source_id": pier["id"]}], mix_id=mix["id"], licence=pier["licence"])

    def contest(self, pier):
        """Announced, entered by three, voted for and judged, decided; won by Ada."""
        host, judge = self.people["north-pier"], self.people["velvet-relay"]
        starts = dt.datetime.now(dt.UTC)
        body = {
            "label": "harbour-lights", "title": "Winter at the pier", "brief": "Cold, but *awake*.",
            "release_id": pier["id"],
            "terms": {"rubric": RUBRIC, "vote": "duels", "vote_share_percent": 40, "sealing": "public",
                      "exclusivity": "exclusive", "prizes": ["A synth"], "release_by": str(starts.date() + dt.timedelta(days=90))},
            "opens_at": starts.isoformat(),
            "closes_at": (starts + dt.timedelta(hours=2)).isoformat(),
            "voting_closes_at": (starts + dt.timedelta(hours=3)).isoformat(),
            "judging_closes_at": (starts + dt.timedelta(hours=4)).isoformat(),
        }  # fmt: skip
        contest = host.post("/contests", body)
        path = f"/contests/{contest['id']}"
        host.post(f"{path}/announcement")
        host.post(f"{path}/judges", {"handle": "velvet-relay"})
        host.post(f"{path}/announcements", {"text": "The drums may go."})
        entries = {}
        for number, handle in enumerate(("ada", "ben", "mika")):
            title = ("Rain", "Snow", "Hail")[number]
            made = self.remix(handle, pier, title, drums={"gain_db": -1.0 - number}, pad={"pan": number / 4})
            entry = self.people[handle].post(f"{path}/entries", {"work_id": made["id"]})
            entries[entry["entry_id"]] = title
        self.end(contest, "closes_at")
        rank = {"Rain": 3, "Snow": 1, "Hail": 2}
        for handle in ("cleo", "dmitri", "eva", "oda"):
            voter = self.people[handle]
            for _ in range(2):
                duel = voter.get(f"{path}/duel")
                pair = [duel["left"]["id"], duel["right"]["id"]]
                for entry in pair:
                    for pause in (1.05, 0):
                        voter.post(f"{path}/hearings", {"entry_id": entry})
                        time.sleep(pause)
                pair.sort(key=lambda one: rank[entries[one]])
                voter.post(f"{path}/duels", {"favoured": pair[1], "against": pair[0]})
        for one in judge.get(f"{path}/desk")["entries"]:
            like = rank[entries[one["id"]]]
            judge.put(
                f"{path}/scores/{one['id']}",
                {"scores": {"craft": 3 * like, "idea": like}, "note": "Heard."},
                revision=0,
            )
        self.end(contest, "voting_closes_at", "judging_closes_at")
        host.post(f"{path}/decision")
        winner = next(entry for entry, title in entries.items() if title == "Rain")
        host._send("PUT", f"/api/v1{path}/releases/{winner}", {"url": "https://example.org/rain"})
        host.wait_archive(f"{path}/entries-archive")

    def strict_contest(self, pier):
        """A contest licence, accepted; a cancelled contest; a draft of one with slots."""
        host, fan = self.people["north-pier"], self.people["cleo"]
        licence = host.post("/contest-licences", {"title": "Winter licence", "text": "Remix it.\nShare it here."})
        fan.post(f"/contest-licences/{licence['id']}/acceptances", {"text_sha256": licence["text_sha256"]})
        starts = dt.datetime.now(dt.UTC)
        dates = {
            name: (starts + dt.timedelta(days=day)).isoformat()
            for name, day in (("opens_at", 1), ("closes_at", 14), ("judging_closes_at", 21))
        }
        body = {"label": "harbour-lights", "release_id": pier["id"], "terms": {"rubric": RUBRIC, "sealing": "public"}}
        off = host.post("/contests", {**body, "title": "Called off", "brief": "No.", **dates})
        host.post(f"/contests/{off['id']}/announcement")
        host.post(f"/contests/{off['id']}/cancellation", {"note": "The ferry is cancelled."})
        host.post("/contests", {**body, "title": "Spring, perhaps", "brief": "Not yet.", **dates})
        host.post("/labels/harbour-lights/releases", {"work_id": pier["id"]})
        host.post("/labels/harbour-lights/invitations", {"role": "manager"})
        jury = {"rubric": RUBRIC, "sealing": "public"}
        dealt = host.post(
            "/contests",
            {
                "label": "harbour-lights",
                "title": "Dealt",
                "brief": "By lot.",
                "terms": jury,
                "release_id": None,
                "is_secret_remixer": True,
                **dates,
            },
        )
        host.post(f"/contests/{dealt['id']}/announcement")
        for handle, title in (("ada", "Rain"), ("ben", "Snow"), ("mika", "Hail")):
            self.people[handle].put_sign_up(f"/contests/{dealt['id']}", self.work(title)["id"])
        host.post(f"/contests/{dealt['id']}/deal")

    def downloads(self, pier):
        for handle in ("ben", "dmitri"):
            client = self.people[handle]
            client.wait_archive(f"/stem-packs/{pier['stem_pack_id']}/archive")
            pack = client.get(f"/stem-packs/{pier['stem_pack_id']}")
            client.fetch(f"{self.stack.url}/api/v1/stems/{pack['stems'][0]['id']}/original")

    def house(self, pier):
        operator, ben = self.people["operator"], self.people["ben"]
        operator._token = operator.post_cookie(
            "/tokens", {"name": "o", "scopes": ["read", "publish", "contest", "admin"]}
        )["token"]
        dark = self.remix("ben", pier, "Not mine at all", bass={"muted": True})
        report = self.people["cleo"].post(
            "/reports", {"work_id": dark["id"], "reason": "missing_credit", "note": "I sang."}
        )
        taken = operator.post(
            "/takedowns", {"work_ids": [dark["id"]], "reason": "infringement", "report_id": report["id"]}
        )
        ben.post(f"/takedowns/{taken['id']}/appeal", {"note": "It was cleared."})
        other = self.people["dmitri"].post("/reports", {"work_id": pier["id"], "reason": "offensive"})
        operator.post(f"/reports/{other['id']}/decision", {"outcome": "dismissed", "note": "It is not."})
        late, drums = self.work("Late Relay"), self.work("Pier Lights (drums up)")
        claim = {"source_id": late["id"], "note": "I hear the whistling."}
        self.people["velvet-relay"].post(f"/works/{drums['id']}/link-claims", claim)
        dawn, hail = self.work("Pier Lights (before dawn)"), self.work("Hail")
        self.people["mika"].post(f"/works/{hail['id']}/links", {"source_id": dawn["id"], "note": "That too."})
        gone = self.remix("mika", pier, "Withdrawn", keys={"muted": True})
        self.people["mika"].post(f"/works/{gone['id']}/withdraw")

    def odds_and_ends(self, pier):
        ada, oda = self.people["ada"], self.people["oda"]
        profile = ada.get("/account")
        ada.patch("/account", {"display_name": "Ada Lärm", "bio": "Zwei Zeilen.\nمرحبا"}, revision=profile["revision"])
        draft = ada.post("/releases", {"title": "Unfinished", "licence": "cc-by-nc-4.0", "tags": ["e\u0301te\u0301"]})
        sound = self.folder / "left open.wav"
        sound.write_bytes(plain_wav(14))
        stem = ada.upload(sound, "stem")
        ada.post(f"/works/{draft['id']}/stems", {"upload_id": stem})
        junk = self.folder / "junk.wav"
        junk.write_bytes(b"This is no sound. " * 40)
        try:
            oda.upload(junk, "stem")
        except ApiFailure as exc:
            print("as it should be:", exc)
        oda.send(sound, "stem")
        oda._send(
            "POST", "/api/v1/releases", {"title": "Once only", "licence": "cc-by-4.0"}, {"Idempotency-Key": "once"}
        )
        oda.post_cookie("/tokens", {"name": "studio", "scopes": ["read"]})
        try:
            ApiClient(self.stack.url).sign_in("oda", "not her password")
        except ApiFailure:
            pass

    def end(self, contest, *names):
        """What was to last for hours is over now."""
        ended = ", ".join(f"{name} = {round(time.time() * 1000)}" for name in (*names, "tend_after_at"))
        self.sql(f"UPDATE contests SET {ended} WHERE id = ?", contest["id"])
        time.sleep(0.1)


def post_cookie(client, path, body):
    token, client._token = client._token, None
    try:
        return client.post(path, body)
    finally:
        client._token = token


def put_sign_up(client, path, work_id):
    client._send("PUT", f"/api/v1{path}/sign-up", {"work_id": work_id})


def wait_archive(client, path):
    until = time.monotonic() + 30
    while not client.get(path)["url"]:
        assert time.monotonic() < until
        time.sleep(0.3)


ApiClient.post_cookie, ApiClient.put_sign_up, ApiClient.wait_archive = post_cookie, put_sign_up, wait_archive


def written(database, store):
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    tables = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        if name != "alembic_version" and not name.startswith("sqlite_")
    ]
    for table in tables:
        rows = connection.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()
        if not rows:
            print("empty:", table)
            continue
        yield {"table": table, "columns": rows[0].keys()}
        for row in rows:
            yield list(row)
    for one in store.objects(""):
        if one.size_bytes <= SMALL_BYTES:
            body = store._client.get_object(Bucket=store.bucket, Key=one.key)["Body"].read()
            yield {"object": one.key, "bytes": base64.b64encode(body).decode()}


def main():
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder) / "var"
        stacks.Stack._keys = {"s3_access": "a" * 20, "s3_secret": "b" * 40, "valkey": "c" * 20, "secret": SECRET}
        with stacks.Stack(var) as stack:
            try:
                Story(stack, Path(folder)).run()
            except BaseException:
                print((var / "log" / "web.log").read_text()[-3000:])
                raise
            lines = list(written(var / "remixhub.db", ObjectStore(stack.settings)))
    Path(sys.argv[1]).write_text(
        "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    )


if __name__ == "__main__":
    main()
