"""Every doubt that a page can carry, as a code with the sentence that explains it. A code never changes its meaning."""

from enum import StrEnum


class Warning(StrEnum):  # the word of the data model; the built-in of that name is not used in this package
    """A code in `warnings`. `sentence` says what it means to a researcher."""

    sentence: str

    def __new__(cls, code: str, sentence: str) -> "Warning":
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence = sentence
        return member

    # the bytes
    TRUNCATED_CAPTURE = "truncated_capture", "The response was cut off before its end."
    UNDECODABLE = "undecodable", "The content coding (gzip, deflate) is damaged or too large; nothing was read."
    RESTRICTED = "restricted", "The page asks for a password or a login; its text was never seen."
    EMPTY_BODY = "empty_body", "The response has no body."
    NOT_HTML = "not_html", "The body is not HTML, whatever its headers say."
    CHARSET_GUESSED = (
        "charset_guessed",
        "Neither the response nor the page names a character set that fits; one was guessed.",
    )
    CHARSET_CONFLICT = (
        "charset_conflict",
        "The byte order mark, the response and the page name different character sets; the one that fits was read.",
    )
    CHARSET_ERRORS = "charset_errors", "Some bytes do not fit the character set and were replaced by U+FFFD."
    NUL_BYTES = "nul_bytes", "The page contained NUL characters, which were left out."
    TOO_LARGE = "too_large", "The page is larger than the limit; only its beginning was read."
    TOO_DEEP = "too_deep", "Tags are nested too deep to be parsed; plain containers were taken out before parsing."
    TOO_MANY_ATTRIBUTES = (
        "too_many_attributes",
        "A tag has more attributes than the limit; all but the first were left out.",
    )
    TOO_MANY_NODES = (
        "too_many_nodes",
        "The page has too many elements or too much text for the usual choice of the body; a simpler rule chose it.",
    )
    TOO_MANY_BLOCKS = "too_many_blocks", "The body has more blocks than the limit; the rest was left out."
    TOO_MANY_LINKS = "too_many_links", "The page has more links or requisites than the limit; the rest was left out."

    # the file of a document
    NOT_A_DOCUMENT = "not_a_document", "The address of a document answered with a page, and not with a file."
    DOCUMENT_MISSING = "document_missing", "The address of the document answered that there is none."
    DOCUMENT_WITHHELD = "document_withheld", "The document is archived, but withheld: the collection's ledger says why."
    DOCUMENT_UNREAD = "document_unread", "The file is of a format whose text is not read; its bytes are archived."
    DOCUMENT_ENCRYPTED = "document_encrypted", "The file asks for a password; nothing was read."
    DOCUMENT_DAMAGED = "document_damaged", "The file, or a page of it, is damaged; what could be read is there."
    DOCUMENT_TOO_LARGE = (
        "document_too_large",
        "The file has more pages, characters or drawing than the limit; what lies behind it was left out.",
    )
    DOCUMENTS_TOO_LARGE = (
        "documents_too_large",
        "The publication's documents together hold more text than the limit; this one's was left out.",
    )
    DOCUMENT_SCANNED = "document_scanned", "The file's pages hold no text, but pictures of it."
    DOCUMENT_UNMAPPED = (
        "document_unmapped",
        "The file's fonts do not say which letters many of its signs stand for; each of them is U+FFFD.",
    )

    # the body
    NO_BODY = "no_body", "No text was found that could be the publication's body."
    BODY_FALLBACK = "body_fallback", "Neither the profile nor trafilatura chose the body; a simple rule did."
    BODY_DOUBTED = (
        "body_doubted",
        "What the profile calls the body holds hardly any of the page's text; the body was chosen without it.",
    )
    SHORT_BODY = (
        "short_body",
        "The body has fewer than 250 characters: perhaps a landing page, or text that a script would load.",
    )
    TEXT_BY_SCRIPT = "text_by_script", "The page says that it shows its text by script only, and no script is run."

    PART_MISSING = (
        "part_missing",
        "The publication is spread over several pages, and one that they name was never captured whole.",
    )

    # the fields
    NO_TITLE = "no_title", "No title was found."
    TITLE_CONFLICT = (
        "title_conflict",
        "The title that the page shows has hardly a word of the one that its head gives; the better one was taken.",
    )
    AUTHOR_CONFLICT = (
        "author_conflict",
        "The page's byline names other people than its head does; the byline was taken.",
    )
    NO_AUTHOR = "no_author", "No author was found."
    NO_DATE = "no_date", "No date of publication was found."
    DATE_FROM_URL = (
        "date_from_url",
        "The date of publication was read from the address, because nothing on the page says better.",
    )
    DATE_AMBIGUOUS = "date_ambiguous", "Day and month of a date could be exchanged; the profile's order decided."
    DATE_HIJRI = "date_hijri", "A date is of the Hijri calendar and was kept as it stands, unread."
    DATE_CONFLICT = "date_conflict", "The sources of the date on the page disagree; the better one was taken."
    DATE_FUTURE = "date_future", "A date lies after the day of the capture and was not used."
    LANGUAGE_UNSURE = "language_unsure", "The language could not be told from the text."
    LANGUAGE_CONFLICT = "language_conflict", "The page declares another language than its text is written in."
    CASE_INCOMPLETE = (
        "case_incomplete",
        "The page is a legal case file, but claimants, defendants or facts were not found.",
    )


def sentences() -> dict[str, str]:
    """Each code and its sentence, for the schema and the README of a dataset."""
    return {str(code): code.sentence for code in Warning}
