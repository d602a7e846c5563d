"""The stores that obstore knows: S3 and its like, Google's and Azure's, a folder.

They refuse a name that is taken in one step with the writing (`If-None-Match: *` on S3).
"""

import logging
import os
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from archive.errors import CollectionError
from archive.store.remote.backend import Exists, Passing, first_line, missing

logger = logging.getLogger(__name__)

WHOLE = 64 * 1024 * 1024  # bytes up to which an object is sent in one request, from memory
PART = 16 * 1024 * 1024  # bytes of a part of a larger one: 10,000 of them, which S3 allows, are 160 GB
_STATUS = re.compile(r"status code: (\d{3})")
_FINAL = ("301", "401", "403", "405")  # what no further try mends
_LISTING = "list request"  # a folder that is empty is listed all the same: it is the bucket that is missing
_METADATA = "169.254.169.254"  # where a machine of a cloud is asked for its role's credentials
_KEYS = {  # the environment variables that a store's credentials are usually in
    "s3": "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS, GOOGLE_SERVICE_ACCOUNT_KEY",
    "az": "AZURE_STORAGE_ACCOUNT_NAME, AZURE_STORAGE_ACCOUNT_KEY",
}
_ALIKE = {"s3a": "s3", "gcs": "gs", "azure": "az", "abfs": "az", "abfss": "az", "adl": "az"}
SCHEMES = ("s3", "s3a", "gs", "gcs", "az", "azure", "abfs", "abfss", "adl", "file")
_CLIENT: Any = {"connect_timeout": timedelta(seconds=15), "timeout": timedelta(minutes=10)}


class Obstore:
    """One of object_store's stores. Tries nothing again: `objects.py` does, for all in one way."""

    def __init__(self, url: str) -> None:
        os.environ.setdefault("TOKIO_WORKER_THREADS", "2")  # else one a processor, in each process that reads
        try:
            import obstore
            from obstore import exceptions, store
        except ModuleNotFoundError as error:
            raise missing("obstore") from error
        self._url, self._obstore, self._exceptions = url, obstore, exceptions
        once: Any = {"max_retries": 0}
        self._folder: Path | None = None  # of a store that is a folder; made when something is put there
        parts = urlsplit(url)
        self._keys = _KEYS.get(_ALIKE.get(parts.scheme, parts.scheme), "")
        made: Callable[..., Any] = store.from_url
        try:
            self._store: Any = None
            if parts.scheme == "file":
                self._folder = Path(unquote(parts.path))
                self._local: Callable[[Path], Any] = store.LocalStore
            elif _ALIKE.get(parts.scheme, parts.scheme) == "s3":
                # `checksum_algorithm` has the store refuse bytes that were damaged on their way
                self._store = store.S3Store(
                    parts.netloc,
                    prefix=unquote(parts.path).strip("/") or None,
                    checksum_algorithm="SHA256",
                    copy_if_not_exists="multipart",
                    client_options=_CLIENT | {"allow_http": plain_http()},
                    retry_config=once,
                    **region(parts.scheme),
                )
            else:
                self._store = made(url, client_options=_CLIENT, retry_config=once)
        except (exceptions.BaseError, ValueError, OSError) as error:
            named = f"; what the environment may name: {self._keys}" if self._keys else ""
            raise CollectionError(f"{url} cannot be opened: {first_line(error)}{named}") from None

    def create(self, key: str, source: bytes | Path) -> None:
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
        if isinstance(source, bytes) or source.stat().st_size <= WHOLE:
            self._do(self._obstore.put, key, source, mode="create", use_multipart=False)
            return
        # No store's library sends parts on condition: they go to a name of their own, and are copied within the store
        # on condition that the name is free (S3: CompleteMultipartUpload with If-None-Match).
        with suppress(FileNotFoundError):
            self.size(key)
            raise Exists  # without sending it all again
        staged = f"incoming/{uuid4().hex}"
        try:
            self._do(self._obstore.put, staged, source, use_multipart=True, chunk_size=PART, max_concurrency=3)
            self._do(self._obstore.copy, staged, key, overwrite=False)
        finally:
            self._forget(staged)

    def replace(self, key: str, source: Path) -> None:
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
        parts = source.stat().st_size > WHOLE
        try:
            self._do(self._obstore.put, key, source, mode="overwrite", use_multipart=parts, chunk_size=PART)
        except FileNotFoundError as error:
            raise self._no_bucket(first_line(error)) from None

    def remove(self, key: str) -> None:
        with suppress(FileNotFoundError):
            self._do(self._obstore.delete, key)

    def get(self, key: str, start: int, length: int) -> tuple[bytes, int]:
        if length <= 0:
            return b"", self.size(key)
        try:
            return self._do(self._range, key, start, start + length)  # type: ignore[no-any-return]
        except (Passing, CollectionError):
            size = self.size(key)
            if start >= size:  # stores refuse a range behind the end
                return b"", size
            raise

    def size(self, key: str) -> int:
        return int(self._do(self._obstore.head, key)["size"])

    def names(self, prefix: str, after: str | None) -> list[str]:
        def listed(store: Any, below: str) -> list[str]:
            # obstore takes a prefix for a folder's name, without its slash
            chunks = self._obstore.list(store, below.rstrip("/"), offset=after)
            return sorted(one["path"] for chunk in chunks for one in chunk)

        try:
            found: list[str] = self._do(listed, prefix)
        except FileNotFoundError:
            return []
        return [name for name in found if name.startswith(prefix) and (after is None or name > after)]

    def folders(self, prefix: str) -> list[str]:
        try:
            found = self._do(self._obstore.list_with_delimiter, prefix.rstrip("/"))
        except FileNotFoundError:
            return []
        return sorted(name.rstrip("/").rpartition("/")[2] for name in found["common_prefixes"])

    def _range(self, store: Any, key: str, start: int, end: int) -> tuple[bytes, int]:
        got = self._obstore.get(store, key, options={"range": (start, end)})
        return bytes(got.bytes()), int(got.meta["size"])

    def _forget(self, staged: str) -> None:
        try:
            self._do(self._obstore.delete, staged)
        except FileNotFoundError:
            pass
        except (Passing, CollectionError) as error:
            logger.warning("%s was left in the store, and may be deleted: %s", staged, error)

    def _do(self, call: Callable[..., Any], key: str, *more: Any, **named: Any) -> Any:
        errors = self._exceptions
        if self._store is None and self._folder is not None:
            if not self._folder.is_dir():
                raise FileNotFoundError(self._folder)
            self._store = self._local(self._folder)
        try:
            return call(self._store, key, *more, **named)
        except errors.AlreadyExistsError:
            raise Exists from None
        except (errors.PermissionDeniedError, errors.UnauthenticatedError) as error:
            raise CollectionError(
                f"{key}: the store refuses: {first_line(error)}; are the credentials in the environment ({self._keys}) "
                "those of somebody who may do that?"
            ) from None
        except (errors.NotSupportedError, errors.InvalidPathError, errors.UnknownConfigurationKeyError) as error:
            raise CollectionError(f"{key}: {first_line(error)}") from None
        except errors.BaseError as error:
            told = first_line(error)
            if _METADATA in told and "AWS_ACCESS_KEY_ID" not in os.environ:
                raise CollectionError(
                    f"there are no credentials in the environment ({self._keys}), and no machine's role that gives "
                    f"some: {told}"
                ) from None
            found = _STATUS.search(told)
            if found is not None and (found[1] in _FINAL or (found[1] == "404" and _LISTING in told)):
                raise self._no_bucket(told) from None
            raise Passing(told) from None

    def _no_bucket(self, told: str) -> CollectionError:
        return CollectionError(f"{self._url}: is there such a bucket, and is its address in the environment? {told}")


def plain_http() -> bool:
    """Whether the environment names a store of S3's kind that is reached without TLS, as on loopback."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
    return endpoint.startswith("http://")


def region(scheme: str) -> Any:
    """Stores of S3's kind at an address of their own seldom have regions, but the signature names one."""
    if _ALIKE.get(scheme, scheme) != "s3":
        return {}
    named = any(name in os.environ for name in ("AWS_REGION", "AWS_DEFAULT_REGION"))
    return {} if named else {"region": "us-east-1"}
