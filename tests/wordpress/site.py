"""The real WordPress site of ../shared, for as long as a test needs it."""

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests import ports

SHARED = Path(__file__).resolve().parents[3] / "shared" / "wordpress"


class Address(str):
    """The site's address, and where it lies."""

    folder: Path

    def run(self, php: str) -> str:
        """Runs PHP within the site, as its editors' actions do; returns what it prints."""
        code = f"require {str(self.folder / 'site' / 'wp-load.php')!r}; {php}"
        done = subprocess.run(["php", "-r", code], check=True, capture_output=True, text=True, timeout=120)
        return done.stdout


@contextlib.contextmanager
def running(*options: str) -> Iterator[Address]:
    """Starts the site in a folder of its own, yields its address, and stops it."""
    port = ports.free()
    # Not below pytest's own folder, which is private: the database runs as another user.
    folder = Path(tempfile.mkdtemp(prefix="policy-archive-wordpress-"))
    folder.chmod(0o755)
    site = folder / "site"
    try:
        subprocess.run(
            [SHARED / "up.sh", "--dir", site, "--port", str(port), *options],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=600,
        )  # fmt: skip
        address = Address(f"http://127.0.0.1:{port}/")
        address.folder = site
        yield address
    finally:
        subprocess.run([SHARED / "up.sh", "--stop", "--dir", site], check=False, timeout=60)
        shutil.rmtree(folder, ignore_errors=True)
