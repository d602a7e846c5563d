"""One SQLite file over all collections of a home: derived, searched, browsed, and made again at will."""
