"""What shapes a line of the dataset besides the stored bytes: the profile and the versions of all programs that read
it.
"""

import hashlib
import json
import platform
import unicodedata
from functools import cache
from importlib import metadata

from lxml import etree

# Those that `extract` and `assemble` run through, straight or inside trafilatura (babel, courlan, htmldate, justext,
# tld) and pypdf (cryptography, for files that open without a password; fonttools, where it is there).
DISTRIBUTIONS = (
    "babel",
    "beautifulsoup4",
    "charset-normalizer",
    "courlan",
    "cryptography",
    "dateparser",
    "fonttools",
    "htmldate",
    "idna",
    "justext",
    "lxml",
    "lxml-html-clean",
    "policy-archive",
    "pydantic",
    "pydantic-core",
    "pypdf",
    "python-dateutil",
    "regex",
    "soupsieve",
    "tld",
    "trafilatura",
    "tzdata",
)


@cache
def programs() -> dict[str, str]:
    """Name and version of each program, sorted by name. What is not installed has no line."""
    found = {
        "libxml2": ".".join(map(str, etree.LIBXML_VERSION)),
        "python": platform.python_version(),
        "unicode": unicodedata.unidata_version,
    }
    for name in DISTRIBUTIONS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return dict(sorted(found.items()))


def derived_by(profile_sha256: str) -> dict[str, str]:
    """The `derived_by` of a publication: all programs and the profile, sorted by name."""
    return dict(sorted({**programs(), "profile": profile_sha256}.items()))


def fingerprint(tools: dict[str, str]) -> str:
    """SHA-256 of a `derived_by` in hex: pages that were derived under another one are derived again."""
    return hashlib.sha256(json.dumps(tools, sort_keys=True).encode()).hexdigest()
