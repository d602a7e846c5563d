"""Numbers that fall under a rule which repeats: how a listing of a million publications is counted and paged without
making any of them."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator


class Series:
    """The numbers of [low, high) whose remainder by `modulus` passes `rule`, in rising order. Holds the remainders
    alone."""

    def __init__(self, low: int, high: int, modulus: int, rule: Callable[[int], bool]) -> None:
        self.modulus = modulus
        self.residues = [n for n in range(modulus) if rule(n)]
        self.first = self._below(low)
        self.length = max(0, self._below(high) - self.first)

    def _below(self, number: int) -> int:
        """How many numbers of the series, counted from 0, lie below `number`."""
        rounds, rest = divmod(number, self.modulus)
        return rounds * len(self.residues) + bisect_left(self.residues, rest)

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, at: int) -> int:
        rounds, rest = divmod(self.first + at, len(self.residues))
        return rounds * self.modulus + self.residues[rest]

    def below(self, number: int) -> int:
        """How many of the series' own numbers lie below `number`."""
        return min(max(self._below(number) - self.first, 0), self.length)


class Chain:
    """Several series, each above the one before, as one."""

    def __init__(self, *parts: Series) -> None:
        self.parts = parts

    def __len__(self) -> int:
        return sum(len(part) for part in self.parts)

    def __getitem__(self, at: int) -> int:
        for part in self.parts:
            if at < len(part):
                return part[at]
            at -= len(part)
        raise IndexError(at)

    def below(self, number: int) -> int:
        return sum(part.below(number) for part in self.parts)

    def without(self, numbers: Iterable[int]) -> "Chain":
        """The same chain, a few of its numbers left out."""
        places = sorted(at for number in numbers if (at := self.below(number)) < len(self) and self[at] == number)
        return Shorter(self, places) if places else self

    def newest(self, start: int, count: int) -> Iterator[int]:
        """`count` numbers from the `start`-th, counted from the highest downwards; fewer where the chain ends."""
        size = len(self)
        for at in range(start, min(start + count, size)):
            yield self[size - 1 - at]


class Shorter(Chain):
    """A chain without the numbers at a few places of it, which rise."""

    def __init__(self, whole: Chain, places: list[int]) -> None:
        super().__init__(*whole.parts)
        self.whole, self.places = whole, places

    def __len__(self) -> int:
        return len(self.whole) - len(self.places)

    def __getitem__(self, at: int) -> int:
        for place in self.places:
            at += place <= at
        return self.whole[at]

    def below(self, number: int) -> int:
        below = self.whole.below(number)
        return below - bisect_left(self.places, below)
