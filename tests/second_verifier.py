"""Verifies an export as a stranger would, by docs/contest-export.md alone: python tests/second_verifier.py FOLDER"""

# fmt: off
# ruff: noqa: E401, I001
import hashlib, json, math, statistics, sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

compact = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
pretty = json.JSONEncoder(sort_keys=True, ensure_ascii=False, indent=2).encode
FILES = ("contest.json", "log.jsonl", "result.json")
NINE = Decimal("0.000000001")

def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()

def verify(texts):
    """Raises AssertionError, or anything else, for an export of version 2 or 3 that is not what was published."""
    facts, result = json.loads(texts["contest.json"]), json.loads(texts["result.json"])
    lines = [json.loads(line) for line in texts["log.jsonl"].split("\n")[:-1]]
    written = pretty(facts), "".join(compact(line) + "\n" for line in lines), pretty(result)
    assert written == tuple(texts[name] for name in FILES)
    head = "0" * 64
    for number, line in enumerate(lines, 1):
        head = sha(f"{head}\n{compact(line['record'])}")
        assert line == {"n": number, "record": line["record"], "sha256": head}
    records = [line["record"] for line in lines]
    assert head == facts["log_head"]
    bound = {name: value for name, value in facts.items() if name not in ("seed", "terms", "log_head")}
    bound |= {"kind": "names", "terms_sha256": sha(compact(facts["terms"]))}
    assert [one for one in records if one["kind"] == "names"] == [bound]
    assert (facts["format"], facts["version"]) in (("remixhub-contest", 2), ("remixhub-contest", 3))
    assert sha(facts["seed"]) == facts["seed_commitment"]
    assert all(one.get("seed_commitment", bound["seed_commitment"]) == bound["seed_commitment"] for one in records)
    assert all(one.get("terms_sha256", bound["terms_sha256"]) == bound["terms_sha256"] for one in records)
    dates = next(one.get("dates") or one.get("before") for one in records if "dates" in one or "before" in one)
    for one in records:
        assert one.get("before", one.get("dates", dates)) == dates
        dates = one.get("after", dates)
        assert one["kind"] != "entry" or dates["opens_at"] <= one["submitted_at"] < dates["closes_at"]
    heard = {one["entry"]: one["audio_sha256"] for one in records if one["kind"] == "entry"}
    assert all(heard[id] == entry["audio_sha256"] for id, entry in facts["entries"].items())
    assert not facts["deal"] or dealt(sorted(facts["deal"]), facts["seed"]) == facts["deal"]
    assert computed(facts["terms"], records, facts["seed"]) == result
    assert [one.get("result_sha256") for one in records].index(sha(compact(result))) == len(records) - 1

def dealt(ids, seed):
    for attempt in range(10_000):
        order = list(ids)
        for i in range(len(order) - 1, 0, -1):
            j = int(sha(f"{seed}\n{attempt}\n{i}"), 16) % (i + 1)
            order[i], order[j] = order[j], order[i]
        if all(one != other for one, other in zip(ids, order, strict=True)):
            return dict(zip(ids, order, strict=True))

def computed(terms, records, seed):
    def last(kind, key, value, undone=""):
        said = [one for one in records if one["kind"] in (kind, undone)]
        found = {one[key]: one[value] if one["kind"] == kind else None for one in said}
        return {id: one for id, one in found.items() if one is not None}
    out = last("entry_out", "entry", "reason", "entry_back")
    standing = {id: at for id, at in last("entry", "entry", "submitted_at").items() if id not in out}
    due = {judge: set(some) & standing.keys() for judge, some in last("due", "judge", "entries").items()}
    gone, excluded = last("judge_out", "judge", "reason", "due"), last("ballot_out", "ballot", "reason", "ballot_back")
    ballots = {one["ballot"]: one for one in records if one["kind"] == "ballot"}
    kept = {id: one for id, one in ballots.items() if id not in excluded}
    scores = {(one["judge"], one["entry"]): one["scores"] for one in records if one["kind"] == "scores"}
    jury = jury_of(terms, scores, due, standing) if (rubric := terms["rubric"]) else None
    version = ([one.get("version", 1) for one in records if one["kind"] == "names"] or [1])[-1]
    said = [one for one in records if one["kind"] == "ruling"]
    given = {one["entry"]: {"ruling": one["ruling"], "reason": one["reason"]} for one in said}
    ruled = rulings(terms, scores, due, standing, given) if rubric and version > 2 else {}
    missing = sorted((judge, id) for judge in due for id in due[judge] if rubric and (judge, id) not in scores)
    return {
        "standings": ranked(terms, standing, jury, kept, seed, ruled), "ballots_cast": len(ballots),
        "raw_standings": ranked(terms, standing, jury, ballots, seed, ruled), "ballots_counted": len(kept),
        "ballots_excluded": excluded, "entries_out": out, **({"judges_out": gone} if gone else {}),
        "missing_scores": [{"judge": judge, "entry": id} for judge, id in missing],
        **({"rulings": ruled} if ruled else {}),
    }

def rulings(terms, scores, due, standing, given):
    """Those that count: of entries that too few judges scored. Every such entry needs one that fits its sheets."""
    found = {}
    for id in standing:
        asked = [judge for judge, some in due.items() if id in some]
        scored = sum((judge, id) in scores for judge in asked)
        if scored < terms.get("judges_per_entry", max(1, len(asked))):
            assert given[id]["ruling"] in (("fewer_judges",) if scored else ("community", "unplaced"))
            found[id] = given[id]
    return found

def nine(part, id):
    return None if part is None else Decimal(part.get(id, 0.0)).quantize(NINE)

def lent(mine, scored):
    marks, below = sorted(jury for jury, _ in scored), sum(Fraction((v < mine) + (v <= mine), 2) for _, v in scored)
    low, high = max(0, math.ceil(below) - 1), min(len(marks) - 1, math.floor(below))
    return ((marks[low] + marks[high]) / 2).quantize(NINE) if marks else mine

def jury_of(terms, scores, due, standing):
    given, weights = {id: [] for id in standing}, sum(one["weight"] for one in terms["rubric"])
    parts = {one["key"]: Fraction(one["weight"], one["max_score"] * weights) for one in terms["rubric"]}
    for judge, asked in due.items():
        sheets = {id: scores[judge, id] for id in asked if (judge, id) in scores}
        marks = {id: float(sum(Fraction(s[key]) * part for key, part in parts.items())) for id, s in sheets.items()}
        mean = math.fsum(marks.values()) / max(len(marks), 1)
        spread = math.sqrt(math.fsum((mark - mean) ** 2 for mark in marks.values()) / max(len(marks), 1))
        for id, mark in marks.items():
            z_score = (mark - mean) / spread if spread > 1e-12 else 0.0
            beaten = sum((other < mark) + (other == mark) / 2 for other in marks.values()) - 0.5
            rank = beaten / (len(marks) - 1) if len(marks) > 1 else 0.5
            given[id].append({"z_score": z_score, "rank": rank, "none": mark}[terms["normalisation"]])
    means = {id: math.fsum(some) / len(some) for id, some in given.items() if some}
    is_z = terms["normalisation"] == "z_score"
    return {id: 0.5 * (1 + math.erf(mean / math.sqrt(2))) if is_z else mean for id, mean in means.items()}

def ranked(terms, standing, jury, ballots, seed, ruled):
    votes, tally, lines, keys = None, {}, {}, {}
    if terms["vote"] == "scores":
        given = {id: [one["score"] for one in ballots.values() if one["favoured"] == id] for id in standing}
        median = statistics.median([score for some in given.values() for score in some] or [0.0])
        means = {id: round((math.fsum(some) + 5 * median) / (len(some) + 5), 9) for id, some in given.items()}
        votes = {id: mean / 10 for id, mean in means.items()}
        tally = {id: {"scores": len(given[id]), "damped_mean": f"{means[id]:.9f}"} for id in standing}
    elif terms["vote"] == "duels":
        tally, votes = duels(sorted(standing), [(one["favoured"], one["against"]) for one in ballots.values()])
    share = 100 if jury is None else 0 if votes is None else terms["vote_share_percent"]
    standing = {id: at for id, at in standing.items() if ruled.get(id, {}).get("ruling") != "unplaced"}
    both = {id: [nine(jury, id), nine(votes, id)] for id in standing}
    alone = [id for id in standing if ruled.get(id, {}).get("ruling") == "community"]
    heard = [(j, v or 0) for id, (j, v) in both.items() if id not in alone]
    both |= {id: [lent(both[id][1] or Decimal(0), heard), both[id][1]] for id in alone}
    for id, (j, v) in both.items():
        points = ((Decimal(100 - share) * (j or 0) + Decimal(share) * (v or 0)) / 100).quantize(NINE)
        rules = {"jury": -(j or 0), "votes": -(v or 0), "earliest": standing[id], "lot": sha(f"{seed}\n{id}")}
        keys[id] = [-points, *(rules[rule] for rule in terms["tie_breaks"])]
        lines[id] = {"entry_id": id, "tally": tally.get(id), "points": f"{points:f}"}
        lines[id] |= {name: None if one is None else f"{one:f}" for name, one in (("jury", j), ("votes", v))}
    order = sorted(standing, key=lambda id: (*keys[id], id))
    for place, id in enumerate(order):
        near = [one for one in order[max(0, place - 1) : place + 2] if one != id and keys[one][0] == keys[id][0]]
        apart = [[i for i, mine in enumerate(keys[id]) if mine != keys[one][i]] for one in near]
        equal = place > 0 and keys[order[place - 1]] == keys[id]
        lines[id]["rank"] = lines[order[place - 1]]["rank"] if equal else place + 1
        lines[id]["tie_broken_by"] = next((terms["tie_breaks"][some[0] - 1] for some in apart if some), None)
    return [lines[id] for id in order]

def duels(ids, fought):
    """The greatest posterior of Bradley and Terry's model with a normal prior of deviation 2, and its curvature."""
    at, theta = {id: i for i, id in enumerate(ids)}, [0.0] * len(ids)
    fought = [(at[one], at[other]) for one, other in fought if one in at and other in at and one != other]
    for _ in range(200):
        slope = [-one / 4 for one in theta]
        rows = [[0.25 * (i == j) for j in at.values()] + [1.0 * (i == j) for j in at.values()] for i in at.values()]
        for i, j in fought:
            p = 1 / (1 + math.exp(theta[j] - theta[i]))
            slope[i], slope[j] = slope[i] + 1 - p, slope[j] - 1 + p
            for a, b, sign in ((i, i, 1), (j, j, 1), (i, j, -1), (j, i, -1)):
                rows[a][b] += sign * p * (1 - p)
        for i in at.values():  # Gauss and Jordan: the right half becomes the inverse
            rows[i] = [one / rows[i][i] for one in rows[i]]
            for k in set(at.values()) - {i}:
                rows[k] = [one - rows[k][i] * other for one, other in zip(rows[k], rows[i], strict=True)]
        step = [math.fsum(a * b for a, b in zip(row[len(at) :], slope, strict=True)) for row in rows]
        theta = [one + change / max(1, *map(abs, step)) for one, change in zip(theta, step, strict=True)]
    tally = {}
    for id, i in at.items():
        wide = 1.959963984540054 * math.sqrt(max(rows[i][len(at) + i] - 4 / len(at), 0))
        told = {"value": theta[i], "low": theta[i] - wide, "high": theta[i] + wide}
        tally[id] = {name: f"{round(one, 9) + 0.0:.9f}" for name, one in told.items()}
        tally[id] |= {"wins": sum(won == i for won, _ in fought), "losses": sum(lost == i for _, lost in fought)}
    return tally, {id: 1 / (1 + math.exp(-round(theta[i], 9))) for id, i in at.items()}

if __name__ == "__main__":
    verify({name: (Path(sys.argv[1]) / name).read_bytes().decode() for name in FILES})
    print("verifies")
