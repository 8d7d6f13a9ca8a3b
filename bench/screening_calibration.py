"""`python -m bench.screening_calibration [TRIALS]`: how many honest voters are flagged, which rings are seen, and what
the unseen ones move. Fixed seeds; the table of docs/voting-screening.md.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from random import Random
from statistics import fmean

from remixhub.domain.contests.duels import Duel, damped_means, strengths
from remixhub.domain.contests.result import DAMPING, SCORE_LIMIT
from remixhub.domain.contests.vote_screening import CastBallot, screen
from tests.simulated_votes import ANNOUNCED, WAYS, Contest, of_size

SIZES = (20, 40, 100, 300, 1_000, 3_000)
RINGS = (3, 5, 8, 10, 15, 30)
ENTRIES = 12
OTHER_SIZES = (3, 5, 8, 12)


def flagged_voters(ballots: Sequence[CastBallot]) -> set[str]:
    by_id = {one.ballot_id: one.account_id for one in ballots}
    return {by_id[flag.ballot_id] for flag in screen(ballots, ANNOUNCED)}


def _contest(seed: str, by_scores: bool, entries: int = ENTRIES, is_liked: bool = False) -> Contest:
    """Where the ring's target `is_liked`, it is of the better half, but for the best."""
    contest = Contest(Random(seed), entries, by_scores)  # noqa: S311  no secret
    if is_liked:
        ordered = sorted(contest.strength, key=lambda id: -contest.strength[id])
        contest.target = contest.chance.choice(ordered[1 : entries // 2 + 1])
    return contest


def parts_of(contest: Contest, ballots: Sequence[CastBallot]) -> dict[str, float]:
    """Each entry's part of the vote, from 0 to 1."""
    if contest.by_scores:
        scores: dict[str, list[float]] = {id: [] for id in contest.strength}
        for one in ballots:
            scores[one.favoured_id].append(one.score or 0.0)
        return {id: mean / SCORE_LIMIT for id, mean in damped_means(scores, weight=DAMPING).items()}
    duels = [Duel(one.favoured_id, str(one.against_id)) for one in ballots]
    return {id: one.chance for id, one in strengths(contest.strength, duels).items()}


def place(parts: dict[str, float], id: str) -> int:
    return 1 + sum(part > parts[id] for part in parts.values())


def honest_share(voters: int, trials: int, *, by_scores: bool) -> tuple[float, float]:
    """Of honest voters, how many are flagged; and of contests, in how many anybody is."""
    flagged = []
    for trial in range(trials):
        contest = _contest(f"honest {voters} {by_scores} {trial}", by_scores)
        flagged.append(len(flagged_voters(contest.honest(voters))))
    return sum(flagged) / (voters * trials), fmean(count > 0 for count in flagged)


def power(
    way: str, size: int, voters: int, trials: int, *, by_scores: bool, entries: int = ENTRIES, is_liked: bool = False
) -> tuple[float, float, float, float]:
    """Of members, how many are flagged; of honest voters; what the rest moves the target, in places and points of 1."""
    seen, honest, moved, points = [], [], [], []
    for trial in range(trials):
        contest = _contest(f"{way} {size} {voters} {by_scores} {trial}", by_scores, entries, is_liked)
        fair, arranged = contest.honest(voters), contest.ring(of_size(way, size))
        flagged = flagged_voters(fair + arranged)
        members = {one.account_id for one in arranged}
        seen.append(len(flagged & members) / size)
        honest.append(len(flagged - members) / voters)
        missed = [one for one in arranged if one.account_id not in flagged]
        before, after = parts_of(contest, fair), parts_of(contest, fair + missed)
        moved.append(place(before, contest.target) - place(after, contest.target))
        points.append(after[contest.target] - before[contest.target])
    return fmean(seen), fmean(honest), fmean(moved), fmean(points)


def main(trials: int) -> None:
    for by_scores in (False, True):
        kind = "scores" if by_scores else "duels"
        for voters in SIZES:
            share, contests = honest_share(voters, max(3, trials * 300 // voters), by_scores=by_scores)
            print(f"| {kind} | {voters} | {share:.2%} | {contests:.0%} |", flush=True)
    for by_scores in (False, True):
        for voters in (40, 300):
            for way in WAYS:
                cells = []
                for size in RINGS:
                    seen, _, moved, points = power(way, size, voters, trials, by_scores=by_scores)
                    cells.append(f"{seen:.0%} ({moved:+.1f}, {points:+.3f})")
                kind = "scores" if by_scores else "duels"
                print(f"| {kind}, {voters} | {way} | {' | '.join(cells)} |", flush=True)
    for by_scores in (False, True):
        for is_liked in (False, True):
            for entries in (6, 12, 30):
                cells = []
                for size in OTHER_SIZES:
                    seen, _, moved, points = power(
                        "one network and browser", size, 40, trials,
                        by_scores=by_scores, entries=entries, is_liked=is_liked,
                    )  # fmt: skip
                    cells.append(f"{seen:.0%} ({moved:+.1f}, {points:+.3f})")
                kind = ("scores" if by_scores else "duels") + (", liked" if is_liked else "")
                print(f"| {kind} | {entries} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
