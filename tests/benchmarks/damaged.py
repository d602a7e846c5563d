"""What replay answers when the record of a capture is damaged:
`python -m tests.benchmarks.damaged [--seed 1] [--count 400]`.

A made-up publication's record is written over in the ways that disks and copies do it; each time its page is asked for.
Prints how often each answer came: 503 says that the capture cannot be read, 200 that something was shown. Of records
whose gzip member is sound again around altered bytes nothing tells but a digest, which `verify` holds against them.
"""

import argparse
import random
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path

from archive.replay.server import Wayback
from tests.archive.pack import making
from tests.archive.replay.test_replay import get
from tests.archive.store.damage import Damage


def every_few(member: bytearray, dice: random.Random) -> None:
    step = dice.randrange(3, 40)
    for at in range(dice.randrange(step), len(member), step):
        member[at] = 0


def a_stretch(member: bytearray, dice: random.Random) -> None:
    begin = dice.randrange(len(member))
    end = min(len(member), begin + dice.randrange(1, 200))
    member[begin:end] = bytes(end - begin)


def single_bytes(member: bytearray, dice: random.Random) -> None:
    for _ in range(dice.randrange(1, 20)):
        member[dice.randrange(len(member))] ^= dice.randrange(1, 256)


def the_end(member: bytearray, dice: random.Random) -> None:
    begin = dice.randrange(len(member))
    member[begin:] = bytes(len(member) - begin)


def sound_around_it(member: bytearray, dice: random.Random) -> None:
    plain = bytearray(zlib.decompress(bytes(member), zlib.MAX_WBITS | 16))
    plain[dice.randrange(len(plain))] ^= dice.randrange(1, 256)
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    packed = packer.compress(plain) + packer.flush()
    member[:] = packed[: len(member)].ljust(len(member), b"\0")


DAMAGES: tuple[Callable[[bytearray, random.Random], None], ...] = (
    every_few, a_stretch, single_bytes, the_end, sound_around_it
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=400)
    asked = parser.parse_args()
    dice, answers = random.Random(asked.seed), Counter[tuple[str, str]]()
    with tempfile.TemporaryDirectory() as folder:
        collection = making.collection(Path(folder))
        stored = Damage(collection, making.STORY)
        with Wayback(collection) as wayback:
            address = wayback.content(making.STORY, str(stored.line.timestamp))
            for number in range(asked.count):
                damage = DAMAGES[number % len(DAMAGES)]
                member = stored.member
                damage(member, dice)
                stored.write(member)
                try:
                    answer = str(get(address)[0])
                except HTTPException as broken:
                    answer = type(broken).__name__
                answers[damage.__name__, answer] += 1
    for (name, answer), count in sorted(answers.items()):
        print(f"{name:16} {answer:16} {count:6,}")


if __name__ == "__main__":
    main()
