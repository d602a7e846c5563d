"""The columns of a URL index, named and meant as in Common Crawl's (cc-index-table, cc-index-schema-flat.json).

Different are: offsets and lengths have 64 bits; `content_digest` has the algorithm before it, as the WARC or our own
index has it; `fetch_time` is UTC, to the second; `crawl` and `subset` are columns, and not folders. What an index does
not know is null: a collection's knows no redirects, character sets and truncations.
"""

import ipaddress
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import pyarrow
from tldextract import TLDExtract

from archive.store.cdxj import REVISIT, IndexLine

_TEXT = pyarrow.string()
SCHEMA = pyarrow.schema(
    [
        pyarrow.field("url_surtkey", _TEXT, nullable=False),
        pyarrow.field("url", _TEXT, nullable=False),
        pyarrow.field("url_host_name", _TEXT, nullable=False),
        pyarrow.field("url_host_tld", _TEXT),
        pyarrow.field("url_host_2nd_last_part", _TEXT),
        pyarrow.field("url_host_3rd_last_part", _TEXT),
        pyarrow.field("url_host_4th_last_part", _TEXT),
        pyarrow.field("url_host_5th_last_part", _TEXT),
        pyarrow.field("url_host_registry_suffix", _TEXT),
        pyarrow.field("url_host_registered_domain", _TEXT),
        pyarrow.field("url_host_private_suffix", _TEXT),
        pyarrow.field("url_host_private_domain", _TEXT),
        pyarrow.field("url_host_name_reversed", _TEXT),
        pyarrow.field("url_protocol", _TEXT, nullable=False),
        pyarrow.field("url_port", pyarrow.int32()),
        pyarrow.field("url_path", _TEXT, nullable=False),
        pyarrow.field("url_query", _TEXT),
        pyarrow.field("fetch_time", pyarrow.timestamp("ms"), nullable=False),
        pyarrow.field("fetch_status", pyarrow.int16(), nullable=False),
        pyarrow.field("fetch_redirect", _TEXT),
        pyarrow.field("content_digest", _TEXT),
        pyarrow.field("content_mime_type", _TEXT),
        pyarrow.field("content_mime_detected", _TEXT),
        pyarrow.field("content_charset", _TEXT),
        pyarrow.field("content_languages", _TEXT),
        pyarrow.field("content_truncated", _TEXT),
        pyarrow.field("warc_filename", _TEXT, nullable=False),
        pyarrow.field("warc_record_offset", pyarrow.int64(), nullable=False),
        pyarrow.field("warc_record_length", pyarrow.int64(), nullable=False),
        pyarrow.field("warc_segment", _TEXT),
        pyarrow.field("crawl", _TEXT, nullable=False),
        pyarrow.field("subset", _TEXT, nullable=False),
    ]
)
NOT_MODIFIED = 304  # of a revisit without an answer of its own
_PARTS = (
    "url_host_tld",
    "url_host_2nd_last_part",
    "url_host_3rd_last_part",
    "url_host_4th_last_part",
    "url_host_5th_last_part",
)
# The list of suffixes that comes with the library: nothing is fetched, and the same versions give the same rows.
_registry = TLDExtract(suffix_list_urls=(), cache_dir=None)
_private = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def row(line: IndexLine, crawl: str, **more: str | None) -> dict[str, Any]:
    """A row of the table; `more` is what the line does not tell."""
    found = dict.fromkeys(SCHEMA.names) | _of_url(line.url) | more
    status = NOT_MODIFIED if line.status is None else line.status
    return found | {
        "url_surtkey": line.key,
        "url": line.url,
        "fetch_time": datetime.strptime(line.timestamp, "%Y%m%d%H%M%S"),  # UTC, and without saying so
        "fetch_status": status,
        "content_digest": line.digest or None,
        "content_mime_type": line.mime,
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
    found |= zip(_PARTS, reversed(labels), strict=False)
    for kind, extract in (("registry", _registry), ("private", _private)):
        told = extract(name)
        suffix, domain = told.suffix, told.top_domain_under_public_suffix
        if not suffix and len(labels) > 1:  # publicsuffix.org: of what the list does not know, the last part is one
            suffix, domain = labels[-1], ".".join(labels[-2:])
        found[f"url_host_{kind}_suffix"] = suffix or None
        found["url_host_registered_domain" if kind == "registry" else "url_host_private_domain"] = domain or None
    return found
