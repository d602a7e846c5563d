"""Exit codes of a crawl, which scripts rely on."""

COMPLETE, INCOMPLETE, WRONG_USE, NO_SPACE, LIMITED, UNREACHABLE, LOST, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6, 130
