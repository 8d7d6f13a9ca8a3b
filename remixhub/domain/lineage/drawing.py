"""Where works stand when their lineage is drawn: a column for each generation, an order in it, rows for straight links.

Layered drawing after Sugiyama, Tagawa and Toda (1981) with the layers known: the farthest source decides the column.
Works are ordered by barycentres in a few sweeps, of which the one with the fewest crossings is kept. Rows are then the
nearest to those of linked works that the order leaves free: isotonic regression by pooling adjacent violators, which
is exact. A long link passes the columns between through bends; all long links of a source share theirs.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from remixhub.domain.lineage.generations import Link

_ROUNDS = 4
_BENDS_A_WORK = 4
"""So many bends, at most, for each work on the average; the longest links do without when they are spent."""
_WORK_HEIGHT = 1.0
_BEND_HEIGHT = 0.4
_CROSSINGS_COUNTED_UP_TO = 20_000
"""Links between neighbouring columns; beyond, the last order is as good as any."""


@dataclass(frozen=True, order=True)
class Drawn:
    """A work to be drawn; `rank` says which of equals stands higher, the older one as a rule."""

    rank: int
    id: str
    generation: int = 0
    """At least; what the links say prevails."""


@dataclass(frozen=True)
class Place:
    column: int
    row: float
    """Of its middle; two works in a column are at least 1 apart."""


@dataclass(frozen=True)
class DrawnLink:
    link: Link
    bends: tuple[float, ...]
    """The rows at which it passes the columns between its source's and its derivative's, from left to right."""


@dataclass(frozen=True)
class Layout:
    places: dict[str, Place]
    """By the works' ids."""
    links: Sequence[DrawnLink]
    """By places: from the left, from above."""
    generations: Sequence[int]
    """Of the columns from left to right; those without a work have none."""
    rows: float
    """The height of it all; every row is between 0.5 and this less 0.5."""


def lay_out(works: Iterable[Drawn], links: Iterable[Link]) -> Layout:
    """The same for the works and links in any order. Links that lead out of `works` are left out.

    Raises ValueError for links that go round in a circle.
    """
    listed = sorted(set(works))
    known = {one.id for one in listed}
    inner = sorted(
        {one for one in links if one.source_id in known and one.derivative_id in known},
        key=lambda one: (one.source_id, one.derivative_id),
    )
    generations = _generations(listed, inner)
    heads = sorted(set(generations.values()))
    column_of = {generation: column for column, generation in enumerate(heads)}
    net = _Net([column_of[generations[one.id]] for one in listed], len(heads))
    index = {one.id: number for number, one in enumerate(listed)}
    ends = [(index[one.source_id], index[one.derivative_id]) for one in inner]
    ways = net.weave(ends)
    order = _ordered(net)
    rows, height = _rows(net, order)
    places = {one.id: Place(net.columns[number], rows[number]) for number, one in enumerate(listed)}
    drawn = [
        DrawnLink(link, tuple(rows[bend] for bend in way)) for link, way in zip(inner, ways, strict=True)
    ]  # fmt: skip
    drawn.sort(key=lambda one: _sort_key(places, one))
    return Layout(places, drawn, heads, height)


def _sort_key(places: dict[str, Place], drawn: DrawnLink) -> tuple[int, float, int, float]:
    source, derivative = places[drawn.link.source_id], places[drawn.link.derivative_id]
    return (source.column, source.row, derivative.column, derivative.row)


def _generations(works: Sequence[Drawn], links: Sequence[Link]) -> dict[str, int]:
    """As stated, and to the right of every source."""
    found = {one.id: one.generation for one in works}
    below: dict[str, list[str]] = {}
    waiting_for = dict.fromkeys(found, 0)
    for link in links:
        below.setdefault(link.source_id, []).append(link.derivative_id)
        waiting_for[link.derivative_id] += 1
    ready = [id for id, count in waiting_for.items() if not count]
    for id in ready:
        for derivative_id in below.get(id, ()):
            found[derivative_id] = max(found[derivative_id], found[id] + 1)
            waiting_for[derivative_id] -= 1
            if not waiting_for[derivative_id]:
                ready.append(derivative_id)
    if len(ready) < len(found):
        raise ValueError("The links go round in a circle.")
    return found


class _Net:
    """Works and bends by number, works first, with links between neighbouring columns only."""

    def __init__(self, columns: list[int], width: int) -> None:
        self.columns = columns
        self.works = len(columns)
        self.width = width
        self.left: list[list[int]] = [[] for _ in columns]
        self.right: list[list[int]] = [[] for _ in columns]

    def weave(self, ends: Collection[tuple[int, int]]) -> list[list[int]]:
        """The bends of each link from source to derivative, in the order of the links."""
        room = _BENDS_A_WORK * self.works
        ways: dict[tuple[int, int], list[int]] = {}
        bends: dict[tuple[int, int], int] = {}
        for source, derivative in sorted(ends, key=lambda one: (self.columns[one[1]] - self.columns[one[0]], one)):
            way: list[int] = []
            passed = range(self.columns[source] + 1, self.columns[derivative])
            if sum((source, column) not in bends for column in passed) <= room:
                for column in passed:
                    if (source, column) not in bends:
                        bends[source, column] = self._add_bend(column)
                        room -= 1
                        self._join(way[-1] if way else source, bends[source, column])
                    way.append(bends[source, column])
                self._join(way[-1] if way else source, derivative)
            ways[source, derivative] = way
        return [ways[one] for one in ends]

    def _add_bend(self, column: int) -> int:
        self.columns.append(column)
        self.left.append([])
        self.right.append([])
        return len(self.columns) - 1

    def _join(self, left: int, right: int) -> None:
        self.right[left].append(right)
        self.left[right].append(left)

    def height(self, one: int) -> float:
        return _WORK_HEIGHT if one < self.works else _BEND_HEIGHT


def _ordered(net: _Net) -> list[list[int]]:
    """The columns from left to right, each from above."""
    order: list[list[int]] = [[] for _ in range(net.width)]
    for one, column in enumerate(net.columns):
        order[column].append(one)
    is_counted = sum(map(len, net.right)) <= _CROSSINGS_COUNTED_UP_TO
    best, fewest = order, _crossings(net, order) if is_counted else 0
    for _ in range(_ROUNDS):
        order = _swept(net, _swept(net, order, net.left, range(net.width)), net.right, range(net.width - 1, -1, -1))
        crossings = _crossings(net, order) if is_counted else 0
        if crossings < fewest or not is_counted:
            best, fewest = order, crossings
    return best


def _swept(
    net: _Net, order: Sequence[Sequence[int]], neighbours: Sequence[Sequence[int]], way: Iterable[int]
) -> list[list[int]]:
    """Each column by the middles of its neighbours in the column before; who has none stays where it was."""
    swept = [list(column) for column in order]
    at = [0.0] * len(net.columns)
    for column in swept:
        for position, one in enumerate(column):
            at[one] = (position + 0.5) / len(column)
    for number in way:
        column = swept[number]
        wanted = {one: _mean([at[other] for other in neighbours[one]], at[one]) for one in column}
        column.sort(key=wanted.__getitem__)
        for position, one in enumerate(column):
            at[one] = (position + 0.5) / len(column)
    return swept


def _crossings(net: _Net, order: Sequence[Sequence[int]]) -> int:
    crossings = 0
    for left, right in pairwise(order):
        at = {one: position for position, one in enumerate(right)}
        seen: list[int] = []
        for one in left:
            ends = [at[other] for other in net.right[one]]
            crossings += sum(len(seen) - bisect_left(seen, end + 1) for end in ends)
            for end in ends:
                insort(seen, end)
    return crossings


def _rows(net: _Net, order: Sequence[Sequence[int]]) -> tuple[list[float], float]:
    """The middle of each, and the height of the tallest column, within which all columns stay."""
    height = max((sum(map(net.height, column)) for column in order), default=0.0)
    rows = [0.0] * len(net.columns)
    for column in order:
        top = (height - sum(map(net.height, column))) / 2
        for one in column:
            rows[one] = top + net.height(one) / 2
            top += net.height(one)
    ways = (range(net.width), range(net.width - 1, -1, -1))
    for turn in range(2 * _ROUNDS):
        neighbours = (net.left, net.right)[turn % 2]
        for number in ways[turn % 2]:
            _settle(net, order[number], rows, neighbours, height)
    both = [[*left, *right] for left, right in zip(net.left, net.right, strict=True)]
    for turn in range(_ROUNDS):  # at last, between both sides
        for number in ways[turn % 2]:
            _settle(net, order[number], rows, both, height)
    return [round(row, 2) for row in rows], height


def _settle(
    net: _Net, column: Sequence[int], rows: list[float], neighbours: Sequence[Sequence[int]], height: float
) -> None:
    _fit(net, column, rows, [_mean([rows[other] for other in neighbours[one]], rows[one]) for one in column], height)


def _fit(net: _Net, column: Sequence[int], rows: list[float], wanted: Sequence[float], height: float) -> None:
    """Each as near to where it is wanted as the others let it, by least squares: in order, apart, within the height."""
    offsets, offset = [], 0.0
    for one in column:
        offsets.append(offset + net.height(one) / 2)
        offset += net.height(one)
    pools: list[tuple[float, int]] = []
    for row, offset_of_one in zip(wanted, offsets, strict=True):
        total, count = row - offset_of_one, 1
        while pools and pools[-1][0] * count >= total * pools[-1][1]:
            before, many = pools.pop()
            total, count = total + before, count + many
        pools.append((total, count))
    free = height - offset
    tops = [min(max(total / count, 0.0), free) for total, count in pools for _ in range(count)]
    for one, top, offset_of_one in zip(column, tops, offsets, strict=True):
        rows[one] = top + offset_of_one


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
