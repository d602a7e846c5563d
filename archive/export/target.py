"""Where an export goes: it is written beside its place, and stands there whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.export.card import MARK, NAME
from archive.export.selection import ExportError


def card_of(file: Path) -> Path:
    """The card of an export that is one file: beside it."""
    return file.with_name(f"{file.name}.{NAME}")


@contextmanager
def folder(path: Path, replace: bool = False) -> Iterator[Path]:
    """An empty folder that takes the place `path` when all went well. An earlier export there is replaced where
    `replace` says so; nothing else ever is.
    """
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        if not replace:
            raise ExportError(f"{path} is there already: name another folder, or say --replace")
        if not path.is_dir() or not _is_export(path / NAME):
            raise ExportError(f"{path} is no export, and is not replaced: name another folder")
    beside = path.with_name(f".{path.name}.new-{os.getpid()}")
    try:
        beside.mkdir(parents=True)
        yield beside
        old = path.with_name(f".{path.name}.old-{os.getpid()}")
        if path.exists():
            path.rename(old)
        beside.rename(path)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


@contextmanager
def file(path: Path, replace: bool = False) -> Iterator[tuple[Path, Path]]:
    """A file, and its card, that take their places when all went well; as `folder` does."""
    if path.exists() and not replace:
        raise ExportError(f"{path} is there already: name another file, or say --replace")
    if path.is_dir() or (path.exists() and not _is_export(card_of(path))):
        raise ExportError(f"{path} is no export, and is not replaced: name another file")
    path.parent.mkdir(parents=True, exist_ok=True)
    pairs = [(one.with_name(f".{one.name}.new-{os.getpid()}"), one) for one in (path, card_of(path))]
    try:
        yield pairs[0][0], pairs[1][0]
        for beside, place in pairs:
            beside.replace(place)
    finally:
        for beside, _ in pairs:
            beside.unlink(missing_ok=True)


def _is_export(card: Path) -> bool:
    return card.is_file() and card.read_text(encoding="utf-8", errors="replace").startswith(MARK)
