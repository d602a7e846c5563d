"""Which captures are of one publication, and what its id is (contracts.md, "Identity").

A *node* is the canonical key of an address that answered with a publication. A shared post id, a `rel=canonical` and
a redirect join nodes.
Everything lies in temporary tables of SQLite, which spill to disk: memory does not follow the collection's size.

What does not join, because sites do it for other reasons than moving a publication:
- two nodes that were first seen with different post ids;
- a redirect to the home page, to a listing, or to an address where several publications are sent (a "not found"
  page, a login);
- a `rel=canonical` that pages with different titles name alike (a template's mistake);
- an address that was never a publication itself and redirects to several over time (`/latest/`): it is an alias of
  each, and joins none.
"""

import hashlib
import itertools
from collections.abc import Iterator
from typing import Any

from archive.dataset.derived import home_key
from archive.dataset.pages import PageStore
from archive.institutes.profile import Profile
from archive.institutes.urls import inside

MOST_HOPS = 10  # of a chain of redirects; browsers stop at 20, the crawl at 10

# A row that shows a publication, or what hides it. An error page that asks for a login is no publication.
SHOWS = "(role = 'publication' OR (role = 'restricted' AND status = 200 AND content_sha256 IS NOT NULL))"

_TABLES = """
CREATE TEMP TABLE node (key TEXT PRIMARY KEY, parent TEXT NOT NULL, post TEXT) WITHOUT ROWID;
CREATE TEMP TABLE alias (key TEXT NOT NULL, node TEXT NOT NULL, PRIMARY KEY (key, node)) WITHOUT ROWID;
CREATE TEMP TABLE moved (key TEXT PRIMARY KEY, target TEXT NOT NULL, since TEXT NOT NULL) WITHOUT ROWID;
CREATE TEMP TABLE member (root TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (root, key)) WITHOUT ROWID;
CREATE TEMP TABLE publication (id TEXT PRIMARY KEY, root TEXT NOT NULL) WITHOUT ROWID;
"""
_POST = "coalesce(host, '') || ':p' || post_id"


class Identity:
    """The publications of a store. Made anew for each assembly; the tables go with the connection, or with the next
    Identity.
    """

    def __init__(self, store: PageStore, profile: Profile) -> None:
        self._db = store.connection
        self._profile = profile
        self._walks = itertools.count()
        self.home = home_key(profile)
        for table in ("node", "alias", "moved", "member", "publication"):
            self._db.execute(f"DROP TABLE IF EXISTS temp.{table}")
        self._db.executescript(_TABLES)
        with self._db:
            self._db.execute("BEGIN")
            self._insert_nodes()
            self._join_posts()
            self._join_parts()
            self._join_canonicals()
            self._join_redirects()
            self._settle()

    def publications(self) -> Iterator[tuple[str, str]]:
        """Id and root of each publication, sorted by id."""
        yield from self._db.execute("SELECT id, root FROM temp.publication ORDER BY id")

    def members(self, root: str) -> set[str]:
        """The canonical keys of all addresses that led to a publication."""
        return {key for (key,) in self._db.execute("SELECT key FROM temp.member WHERE root = ?", (root,))}

    def nodes(self, root: str) -> set[str]:
        """Those of them that answered with the publication themselves."""
        return {key for (key,) in self._db.execute("SELECT key FROM temp.node WHERE parent = ?", (root,))}

    def _walk(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query as they are now, while the loop's body changes the tables that it reads."""
        name = f"walk_{next(self._walks)}"
        self._db.execute(f"CREATE TEMP TABLE {name} AS {query}")
        yield from self._db.execute(f"SELECT * FROM temp.{name} ORDER BY rowid")
        self._db.execute(f"DROP TABLE temp.{name}")

    # Nodes

    def _insert_nodes(self) -> None:
        """Bare columns beside min() are those of the row that has the minimum:
        https://sqlite.org/lang_select.html#bareagg
        """
        self._db.execute(f"INSERT INTO node SELECT DISTINCT key, key, NULL FROM page WHERE {SHOWS}")
        first_posts = f"""
            SELECT key, {_POST} AS post, min(captured_at) FROM page
            WHERE {SHOWS} AND post_id IS NOT NULL GROUP BY key"""
        self._db.execute(f"UPDATE node SET post = first.post FROM ({first_posts}) AS first WHERE node.key = first.key")

    def _find(self, key: str) -> tuple[str, str | None] | None:
        """Root and post of a node's set; None for what is no node. Shortens the way for the next time."""
        row = self._row(key)
        if row is None:
            return None
        start = key
        while row[0] != key:
            key = row[0]
            row = self._row(key)
            assert row
        if start != key:
            self._db.execute("UPDATE node SET parent = ? WHERE key = ?", (key, start))
        return key, row[1]

    def _row(self, key: str) -> tuple[str, str | None] | None:
        found: tuple[str, str | None] | None = self._db.execute(
            "SELECT parent, post FROM node WHERE key = ?", (key,)
        ).fetchone()
        return found

    def _join(self, one: str, other: str, same_post: bool = False) -> None:
        """Makes one set of two, unless they are known by different posts. The smaller key is the root: no order of
        joining matters.
        """
        first, second = self._find(one), self._find(other)
        assert first
        assert second
        if first[0] == second[0] or (not same_post and first[1] and second[1] and first[1] != second[1]):
            return
        root, child = min(first, second), max(first, second)
        self._db.execute("UPDATE node SET parent = ? WHERE key = ?", (root[0], child[0]))
        self._db.execute("UPDATE node SET post = coalesce(post, ?) WHERE key = ?", (child[1], root[0]))

    # Joins

    def _join_posts(self) -> None:
        query = (
            f"SELECT DISTINCT {_POST} AS post, key FROM page WHERE {SHOWS} AND post_id IS NOT NULL ORDER BY post, key"
        )
        before: tuple[str, str] | None = None
        for post, key in self._walk(query):
            if before and before[0] == post:
                self._join(before[1], key, same_post=True)
            before = post, key

    def _join_parts(self) -> None:
        """A page that says which publication it is a part of, where that was captured."""
        query = f"""
            SELECT DISTINCT key, part_key FROM page
            WHERE {SHOWS} AND part_key IS NOT NULL AND part_key != key ORDER BY key, part_key"""
        for key, first in self._walk(query):
            if self._find(first):
                self._join(key, first)

    def _join_canonicals(self) -> None:
        """The last canonical that each page named counts: sites mend theirs."""
        query = f"""
            SELECT canonical_key, key, title, max(captured_at) AS last FROM page
            WHERE {SHOWS} AND canonical_key IS NOT NULL GROUP BY key ORDER BY canonical_key, last, key"""
        for target, rows in itertools.groupby(self._walk(query), key=lambda row: row[0]):
            sources = {key: title for _, key, title, _ in rows if key != target}
            one_title = len({title for title in sources.values() if title}) <= 1
            if sources and one_title and self._joinable(target):
                for key in sources:
                    self._join(key, target)

    def _joinable(self, target: str) -> bool:
        """Whether a canonical may be a publication's address; makes a node of one that was never captured."""
        if target == self.home or not inside(target, self._profile):
            return False
        if self._find(target):
            return True
        if self._db.execute("SELECT 1 FROM page WHERE key = ? AND status = 200 LIMIT 1", (target,)).fetchone():
            return False  # it answers, and not with a publication
        self._db.execute("INSERT INTO node VALUES (?, ?, NULL)", (target, target))
        return True

    def _join_redirects(self) -> None:
        self._db.execute(
            "INSERT INTO moved SELECT key, redirect_key, max(captured_at) FROM page "
            "WHERE role = 'redirect' AND redirect_key IS NOT NULL AND redirect_key != key GROUP BY key"
        )
        self._insert_aliases()
        query = "SELECT target, key FROM moved JOIN node USING (key) ORDER BY since, key"
        self._db.execute("CREATE TEMP TABLE sent (target TEXT NOT NULL, source TEXT NOT NULL, place INTEGER NOT NULL)")
        for place, (target, key) in enumerate(self._walk(query)):
            end = self._end(target)
            found, source = self._find(end) if end else None, self._find(key)
            if found and source and found[0] != source[0]:
                self._db.execute("INSERT INTO sent VALUES (?, ?, ?)", (found[0], source[0], place))
        query = (
            "SELECT target, min(source) FROM sent GROUP BY target HAVING count(DISTINCT source) = 1 ORDER BY min(place)"
        )
        for target, source in self._walk(query):
            self._join(source, target)
        self._db.execute("DROP TABLE temp.sent")

    def _insert_aliases(self) -> None:
        """Addresses that never were a publication themselves, with every publication that they have led to."""
        query = """
            SELECT DISTINCT key, redirect_key FROM page WHERE role = 'redirect' AND redirect_key IS NOT NULL
            AND key != redirect_key AND key NOT IN (SELECT key FROM node) ORDER BY key, redirect_key"""
        for key, target in self._walk(query):
            end = self._end(target)
            if end and key != self.home:
                self._db.execute("INSERT OR IGNORE INTO alias VALUES (?, ?)", (key, end))

    def _end(self, target: str) -> str | None:
        """The node that a redirect's target leads to in the end, None where it leads home or to no publication."""
        for _ in range(MOST_HOPS):
            if target == self.home:
                return None
            if self._row(target):
                return target
            found = self._db.execute("SELECT target FROM moved WHERE key = ?", (target,)).fetchone()
            if found is None:
                return None
            target = found[0]
        return None

    # Ids

    def _settle(self) -> None:
        """Fills `member` and `publication` once all joins are done."""
        for (key,) in self._walk("SELECT key FROM node WHERE parent != key"):
            self._find(key)
        self._db.execute("INSERT INTO member SELECT parent, key FROM node")
        self._db.execute(
            "INSERT OR IGNORE INTO member SELECT node.parent, alias.key FROM alias JOIN node ON node.key = alias.node"
        )
        earliest = f"""
            SELECT node.parent, page.key, canonical_key, host, post_id,
            min(captured_at || warc || printf('%020d', "offset"))
            FROM node JOIN page USING (key) WHERE {SHOWS} AND NOT EXISTS
            (SELECT 1 FROM node AS first WHERE first.key = page.part_key AND first.parent = node.parent
            AND first.key != node.key)
            GROUP BY node.parent"""
        for root, key, named, host, post_id, _ in self._walk(earliest):
            identifier = self._id(root, key, named, host, post_id)
            self._db.execute("INSERT INTO publication VALUES (?, ?)", (identifier, root))

    def _id(self, root: str, key: str, named: str | None, host: str | None, post_id: int | None) -> str:
        institute = self._profile.id
        if post_id is not None:
            return f"{institute}:{host}:p{post_id}" if host else f"{institute}:p{post_id}"
        # The canonical URL is the one that the page names, where that is the publication's.
        if named and (found := self._find(named)) and found[0] == root:
            key = named
        return f"{institute}:u{hashlib.sha256(key.encode()).hexdigest()[:16]}"
