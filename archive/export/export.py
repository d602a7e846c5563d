"""An export as it is asked for: which form, from which collections, to where."""

from collections.abc import Callable, Iterator
from pathlib import Path

from archive.export import flat, markdown, package, target
from archive.export.card import NAME, Holding, card
from archive.export.coverage import Coverage
from archive.export.dictionary import dictionary
from archive.export.selection import ExportError, Record, Selection, Source, records

FORMATS = ("parquet", "csv", "csl", "bibtex", "ris", "markdown", "datapackage")
DICTIONARY = "dictionary.md"
DATA = "data"  # the folder of the Parquet files, which readers take as a whole: nothing else may lie in it
_FILES = {
    "csv": "CSV in UTF-8, one line a publication; lists are joined by `; `. A cell that a spreadsheet would run as a "
    "formula has an apostrophe before it.",
    "csl": "CSL-JSON, for Zotero, pandoc and every other processor of citations.",
    "bibtex": "BibTeX in UTF-8, for BibTeX, Biber and Zotero. An entry's key is the publication's id.",
    "ris": "RIS in UTF-8, for Zotero, EndNote and their like.",
    "markdown": "One Markdown file a publication, by collection and year, with YAML front matter.",
    "parquet": f"`{DATA}/` is Parquet, partitioned by institute and year of publication (Hive folders: both are "
    f"columns, read from the path). Lists and structs are kept. `{DICTIONARY}` says what each field is.",
    "datapackage": f"A Frictionless data package: `datapackage.json` describes the files; `{DICTIONARY}` says what "
    "each field is.",
}


def export(
    sources: list[Source], to: Path, form: str, selection: Selection, asked: str = "", *,
    excel: bool = False, replace: bool = False,
) -> Coverage:  # fmt: skip
    """Writes the export and its card; `asked` is the selection in words. Returns what it holds.

    Streams: memory does not follow the number of publications.
    """
    if form not in FORMATS:
        raise ExportError(f"no format {form!r}: there are {', '.join(FORMATS)}")
    for source in sources:
        source.path  # noqa: B018  (that there is one, before anything is written)
    versions = any(source.versions for source in sources)
    coverage = Coverage()

    def told() -> str:
        return card([Holding.of(source) for source in sources], coverage, asked, _FILES[form], versions)

    if form in ("markdown", "parquet", "datapackage"):
        with target.folder(to, replace) as folder:
            _folder(form, folder, sources, selection, coverage, versions)
            (folder / NAME).write_text(told(), encoding="utf-8", newline="\n")
    else:
        with target.file(to, replace) as (path, beside):
            _file(form, path, sources, counted(records(sources, selection), coverage), versions, excel)
            beside.write_text(told(), encoding="utf-8", newline="\n")
    return coverage


def _folder(
    form: str, folder: Path, sources: list[Source], selection: Selection, coverage: Coverage, versions: bool
) -> None:
    if form == "markdown":
        markdown.write(folder, counted(records(sources, selection), coverage), versions)
        return
    (folder / DICTIONARY).write_text(dictionary(), encoding="utf-8", newline="\n")
    if form == "parquet":
        parquet()(folder / DATA, sources, selection, coverage)
    else:
        package.write(folder, sources, counted(records(sources, selection), coverage), versions)


def _file(form: str, path: Path, sources: list[Source], lines: Iterator[Record], versions: bool, excel: bool) -> None:
    if form == "csv":
        flat.write(path, lines, excel)
        return
    from archive.export import citations  # 0.1 s: what tells an Arabic name's parts apart

    archives = {one.name: citations.Archive(one.name, one.collection.meta.title, one.head) for one in sources}
    citations.FORMATS[form].write(path, lines, archives, versions)


def counted(lines: Iterator[Record], coverage: Coverage) -> Iterator[Record]:
    """The same lines, each counted as it passes."""
    for record in lines:
        coverage.count(record.line)
        yield record


def parquet() -> Callable[[Path, list[Source], Selection, Coverage], None]:
    """The writer of Parquet, which needs an extra."""
    try:
        from archive.export.parquet import write
    except ModuleNotFoundError as error:
        if error.name != "pyarrow":
            raise
        raise ExportError(
            "Parquet needs pyarrow, which is not installed: pip install 'policy-archive[export]', or '.[export]' in a "
            "checkout"
        ) from None
    return write
