"""Where a rule stands: WARC 1.1 is ISO 28500:2017, whose numbers of sections these are."""

RECORD = "WARC 1.1, 4"
FIELDS = {
    "warc-record-id": "5.2",
    "content-length": "5.3",
    "warc-date": "5.4",
    "warc-type": "5.5",
    "content-type": "5.6",
    "warc-concurrent-to": "5.7",
    "warc-block-digest": "5.8",
    "warc-payload-digest": "5.9",
    "warc-ip-address": "5.10",
    "warc-refers-to": "5.11",
    "warc-refers-to-target-uri": "5.12",
    "warc-refers-to-date": "5.13",
    "warc-target-uri": "5.14",
    "warc-truncated": "5.15",
    "warc-warcinfo-id": "5.16",
    "warc-filename": "5.17",
    "warc-profile": "5.18",
    "warc-identified-payload-type": "5.19",
    "warc-segment-number": "5.20",
    "warc-segment-origin-id": "5.21",
    "warc-segment-total-length": "5.22",
}
# a finding that is about one field names that field's section instead
RULES = {
    "gzip": "RFC 1952, 2.3; WARC 1.1, annex D.2",
    "torn-tail": "RFC 1952, 2.3",
    "one-record-per-member": "WARC 1.1, annex D.2",
    "file-suffix": "WARC 1.1, annex D.3",
    "record": RECORD,
    "record-end": RECORD,
    "header-line": RECORD,
    "header-folded": RECORD,
    "header-control": RECORD,
    "header-encoding": RECORD,
    "header-repeated": "WARC 1.1, 5.1",
    "content-length": "WARC 1.1, 5.3",
    "block-digest": "WARC 1.1, 5.8",
    "block-digest-missing": "WARC 1.1, 5.8",
    "payload-digest": "WARC 1.1, 5.9",
    "payload-digest-framed": "WARC 1.1, 5.9 and 6.3.2",
    "duplicate-record-id": "WARC 1.1, 5.2",
    "concurrent-date": "WARC 1.1, 5.4",
    "revisit-truncated": "WARC 1.1, 6.7.2",
    "revisit-unresolved": "WARC 1.1, 6.7.1",
    "revisit-unreplayable": "WARC 1.1, 5.12 and 5.13",
    "revisit-digest": "WARC 1.1, 6.7.2",
    "segment-length": "WARC 1.1, 5.22 and 7",
    "segment-missing": "WARC 1.1, 7",
    "zip-duplicate": "ISO/IEC 21320-1, 4.1",
    "zip-method": "APPNOTE.TXT 4.4.5",
    "zip-header": "APPNOTE.TXT 4.3.7",
    "package-compressed": "WACZ 1.1.1, Zip Compression",
    "package-missing": "WACZ 1.1.1, Directory Layout",
    "package-strange-file": "WACZ 1.1.1, Other files and directories",
    "manifest": "WACZ 1.1.1, datapackage.json",
    "manifest-missing": "WACZ 1.1.1, datapackage.json",
    "manifest-profile": "WACZ 1.1.1, datapackage.json",
    "manifest-version": "WACZ 1.1.1, datapackage.json",
    "manifest-unlisted": "WACZ 1.1.1, datapackage.json",
    "manifest-hash": "WACZ 1.1.1, datapackage.json",
    "manifest-size": "WACZ 1.1.1, datapackage.json",
    "digest": "WACZ 1.1.1, datapackage-digest.json",
    "digest-hash": "WACZ 1.1.1, datapackage-digest.json",
    "digest-missing": "WACZ 1.1.1, datapackage-digest.json",
    "signature": "wacz-auth 0.1.0, Anonymous Signature Validation",
    "signature-digest": "wacz-auth 0.1.0, Verification",
    "signature-key": "wacz-auth 0.1.0, Anonymous Signature",
    "signature-property": "wacz-auth 0.1.0, Signature Data Format",
    "signature-unproved": "wacz-auth 0.1.0, Domain-Name Identity",
    "pages-line": "WACZ 1.1.1, pages.jsonl",
    "pages-header": "WACZ 1.1.1, pages.jsonl",
}

_WORDS = {"warc": "WARC", "id": "ID", "ip": "IP", "uri": "URI"}


def title(name: str) -> str:
    """A field's name as the standard writes it, from its lower-case form."""
    return "-".join(_WORDS.get(part, part.capitalize()) for part in name.split("-"))


def of_field(name: str) -> str | None:
    """The section of a field, by its lower-case name; None for one that is not the standard's."""
    return f"WARC 1.1, {FIELDS[name]} {title(name)}" if name in FIELDS else None
