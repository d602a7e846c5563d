"""Imported by the server process that workers are forked from: loads all that their tasks need, once for all.

What cannot be loaded is left to the first task, whose error says so in one line; here it would end the server.
"""

import contextlib
from importlib import import_module

for _module in ("archive.dataset.derived", "archive.extract.extract", "archive.store.collection"):
    with contextlib.suppress(Exception):
        import_module(_module)
