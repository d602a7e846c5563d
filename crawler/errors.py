"""What can go wrong while crawling. As in archive/errors.py, each message says what, which value, and how to mend it."""

from archive.errors import ArchiveError


class CrawlError(ArchiveError):
    """A crawl cannot be begun or gone on with. Raised before the first request, or when the recorder breaks."""

    exit_code = 2
