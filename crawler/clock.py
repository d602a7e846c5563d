"""The time that waits are reckoned by: a clock that is set while a crawl runs makes none of them longer or shorter."""

import time

LONGEST_WAIT = 3600.0  # seconds that any URL is put off at the most; one that is due later was put off by another clock
_START = time.time() - time.monotonic()


def steady() -> float:
    """Seconds since 1970 as the clock said when this process began, and as many more as have passed since: may be
    kept, and compared after a restart.
    """
    return _START + time.monotonic()
