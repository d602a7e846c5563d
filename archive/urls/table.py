"""The columns of a URL index, named and meant as in Common Crawl's (cc-index-table, cc-index-schema-flat.json).

Different are: offsets and lengths have 64 bits; `content_digest` has the algorithm before it, as the WARC or our own
index has it; `content_charset` is as the server says, in capitals, where no crawler detected it; `fetch_time` is UTC,
to the second; `crawl` and `subset` are columns, and not folders. What is not known is null.

A revisit has a row too, which Common Crawl's main table leaves out: that a page was looked at and found unchanged is
what an auditor asks an archive for. Its `content_mime_type` is `warc/revisit`, its `content_digest` that of the
response which it repeats, its status 304 where the record has none, its subset `crawldiagnostics`: `subset = 'warc'`
leaves revisits out.
"""

import ipaddress
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import pyarrow
from tldextract import TLDExtract

from archive.store.cdxj import REVISIT, IndexLine

_TEXT, _WHOLE = pyarrow.string(), pyarrow.int64()
_HOST_PARTS = (
    "url_host_tld", "url_host_2nd_last_part", "url_host_3rd_last_part", "url_host_4th_last_part",
    "url_host_5th_last_part",
)  # fmt: skip
_TYPES = {
    **dict.fromkeys(("url_surtkey", "url", "url_host_name", *_HOST_PARTS), _TEXT),
    "url_host_registry_suffix": _TEXT, "url_host_registered_domain": _TEXT, "url_host_private_suffix": _TEXT,
    "url_host_private_domain": _TEXT, "url_host_name_reversed": _TEXT,
    "url_protocol": _TEXT, "url_port": pyarrow.int32(), "url_path": _TEXT, "url_query": _TEXT,
    "fetch_time": pyarrow.timestamp("ms"), "fetch_status": pyarrow.int16(), "fetch_redirect": _TEXT,
    "content_digest": _TEXT, "content_mime_type": _TEXT, "content_mime_detected": _TEXT, "content_charset": _TEXT,
    "content_languages": _TEXT, "content_truncated": _TEXT,
    "warc_record_id": pyarrow.binary(), "warc_filename": _TEXT, "warc_record_offset": _WHOLE,
    "warc_record_length": _WHOLE, "warc_segment": _TEXT,
    "crawl": _TEXT, "subset": _TEXT,
}  # fmt: skip
_REQUIRED = {
    "url_surtkey", "url", "url_host_name", "url_protocol", "url_path", "fetch_time", "fetch_status", "warc_filename",
    "warc_record_offset", "warc_record_length", "crawl", "subset",
}  # fmt: skip
SCHEMA = pyarrow.schema([pyarrow.field(name, kind, name not in _REQUIRED) for name, kind in _TYPES.items()])
NOT_MODIFIED = 304  # of a revisit without an answer of its own
# The list of suffixes that comes with the library: nothing is fetched, and the same versions give the same rows.
_registry = TLDExtract(suffix_list_urls=(), cache_dir=None)
_private = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def row(line: IndexLine, crawl: str, warc_record_id: str | None = None, **more: str | None) -> dict[str, Any]:
    """A row of the table; `more` are columns that the line does not tell. The record's id is a UUID in hex."""
    found = dict.fromkeys(SCHEMA.names) | _of_url(line.url) | more
    status = NOT_MODIFIED if line.status is None else line.status
    return found | {
        "url_surtkey": line.key,
        "url": line.url,
        "fetch_time": datetime.strptime(line.timestamp, "%Y%m%d%H%M%S"),  # UTC, and without saying so
        "fetch_status": status,
        "content_digest": line.digest or None,
        "content_mime_type": line.mime,
        "warc_record_id": bytes.fromhex(warc_record_id) if warc_record_id else None,
        "warc_filename": line.filename,
        "warc_record_offset": line.offset,
        "warc_record_length": line.length,
        "crawl": crawl,
        "subset": _subset(line, status),
    }


def _subset(line: IndexLine, status: int) -> str:
    if line.url.partition("://")[2].partition("/")[2] == "robots.txt":
        return "robotstxt"
    return "warc" if status == 200 and line.mime != REVISIT else "crawldiagnostics"


def _of_url(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    try:
        name, port = parts.hostname or "", parts.port
    except ValueError:  # no port that could be one
        name, port = parts.netloc, None
    return {
        "url_protocol": parts.scheme,
        "url_port": port,
        "url_path": parts.path,
        "url_query": parts.query or None,
        **_of_host(name),
    }


@lru_cache(maxsize=4096)
def _of_host(name: str) -> dict[str, str | None]:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        pass
    else:
        return {"url_host_name": name, "url_host_tld": name.rpartition(".")[2] if "." in name else None}
    labels = name.rstrip(".").split(".")
    found: dict[str, str | None] = {"url_host_name": name, "url_host_name_reversed": ".".join(reversed(labels))}
    found |= zip(_HOST_PARTS, reversed(labels), strict=False)
    for kind, extract in (("registry", _registry), ("private", _private)):
        told = extract(name)
        suffix, domain = told.suffix, told.top_domain_under_public_suffix
        if not suffix and len(labels) > 1:  # publicsuffix.org: of what the list does not know, the last part is one
            suffix, domain = labels[-1], ".".join(labels[-2:])
        found[f"url_host_{kind}_suffix"] = suffix or None
        found["url_host_registered_domain" if kind == "registry" else "url_host_private_domain"] = domain or None
    return found
