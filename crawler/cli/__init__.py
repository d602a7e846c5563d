"""The command `policy-archive`: the archive's verbs, and those that go out to the web, one module a group."""

from archive.interrupt import ended_at_once


def main() -> None:
    """The entry point: errors are one line, never a traceback. A signal may come during the imports, so they are
    here.
    """
    from crawler.fleet import parent

    with ended_at_once():
        parent.follow()
        from archive import cli
        from crawler.cli import verbs
    cli.run(verbs.app)
