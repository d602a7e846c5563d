"""Which kinds of publication a collection's crawls were after: `crawl --only KIND` limits what is derived."""

import json

from archive.institutes.profile import Kind
from archive.store.collection import Collection

CRAWLS_URI = "urn:policy-archive:crawl:"
SETTINGS = ":settings"  # a crawl's own record of what it was asked to do, as JSON with `options.only`


def kinds(collection: Collection) -> frozenset[Kind] | None:
    """The kinds that the collection's crawls named, together; None where one of them was after all, or none says."""
    wanted: set[Kind] = set()
    for line in collection.resources(CRAWLS_URI):
        if line.url.endswith(SETTINGS):
            only = json.loads(collection.record(line.location).block)["options"]["only"]
            if not only:
                return None
            wanted.update(map(Kind, only))
    return frozenset(wanted) or None
