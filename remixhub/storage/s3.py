"""One bucket of an S3-compatible object storage."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from remixhub.config import Settings
from remixhub.domain.errors import Conflict, NotFound, Unavailable
from remixhub.domain.filenames import attachment
from remixhub.transactions import refuse_network
from remixhub.waiting import Places

_BLOCK_BYTES = 1024 * 1024
_ABSENT = {"404", "NoSuchKey", "NotFound"}


class StorageUnavailable(Unavailable):
    code = "storage_unavailable"
    title = "The object storage does not answer"


class ObjectMissing(NotFound):
    code = "object_missing"
    title = "The stored object is not there"


class TransferRefused(Conflict):
    code = "transfer_refused"
    title = "The object storage refused to assemble the parts"


@dataclass(frozen=True)
class Part:
    number: int
    size_bytes: int
    etag: str


@dataclass(frozen=True)
class StoredObject:
    key: str
    size_bytes: int
    modified_at: dt.datetime


@dataclass(frozen=True)
class UnfinishedTransfer:
    key: str
    s3_upload_id: str
    started_at: dt.datetime


class ObjectStore:
    """Raises StorageUnavailable whenever the storage cannot be reached or fails."""

    def __init__(self, settings: Settings, *, most_waiting: int | None = None) -> None:
        """`most_waiting`: of a web process, which keeps its other threads free of waiting for a storage that hangs."""
        self.bucket = settings.s3_bucket
        self._presign_seconds = settings.presign_seconds
        self._places = None if most_waiting is None else Places(most_waiting, _slow)
        patience = {} if most_waiting is None else {"patience_seconds": 8, "attempts": 2}
        self._client = _client(settings, settings.s3_endpoint_url, **patience)
        self._signer = _client(settings, settings.browser_s3_url)
        # whoever asks whether the service is ready does not wait for long
        self._prober = _client(settings, settings.s3_endpoint_url, patience_seconds=3, attempts=1)

    @contextmanager
    def _asked(self, key: str) -> Iterator[None]:
        with _translated(key), nullcontext() if self._places is None else self._places.one_more():
            yield

    # transfers in parts

    def create_transfer(self, key: str) -> str:
        """The S3 upload id of a new multipart transfer."""
        with self._asked(key):
            return str(self._client.create_multipart_upload(Bucket=self.bucket, Key=key)["UploadId"])

    def presign_part(self, key: str, s3_upload_id: str, number: int, size_bytes: int) -> str:
        """A URL that takes a PUT of exactly `size_bytes`: the length is part of the signature."""
        return str(
            self._signer.generate_presigned_url(
                "upload_part",
                Params={
                    "Bucket": self.bucket,
                    "Key": key,
                    "UploadId": s3_upload_id,
                    "PartNumber": number,
                    "ContentLength": size_bytes,
                },
                ExpiresIn=self._presign_seconds,
            )
        )

    def presign_form(self, key: str, size_bytes: int) -> tuple[str, dict[str, str]]:
        """Address and fields of a form that sends exactly `size_bytes` in one piece."""
        form = self._signer.generate_presigned_post(
            self.bucket,
            key,
            Conditions=[["content-length-range", size_bytes, size_bytes]],
            ExpiresIn=self._presign_seconds,
        )
        return str(form["url"]), dict(form["fields"])

    def parts(self, key: str, s3_upload_id: str) -> list[Part]:
        """What has arrived, by part number. Raises ObjectMissing when the transfer is over or unknown."""
        found = []
        with self._asked(key):
            pages = self._client.get_paginator("list_parts").paginate(
                Bucket=self.bucket, Key=key, UploadId=s3_upload_id
            )
            for page in pages:
                found += [Part(p["PartNumber"], p["Size"], p["ETag"]) for p in page.get("Parts", [])]
        return sorted(found, key=lambda part: part.number)

    def complete_transfer(self, key: str, s3_upload_id: str, parts: Sequence[Part]) -> None:
        """Safe to repeat. Raises TransferRefused when S3 does not accept the parts."""
        listed = [{"PartNumber": part.number, "ETag": part.etag} for part in parts]
        try:
            with self._asked(key):
                self._client.complete_multipart_upload(
                    Bucket=self.bucket, Key=key, UploadId=s3_upload_id, MultipartUpload={"Parts": listed}
                )
        except ObjectMissing:
            if self.head(key) is None:  # an earlier answer may have been lost after it took effect
                raise

    def abort_transfer(self, key: str, s3_upload_id: str) -> None:
        """Safe to repeat."""
        try:
            with self._asked(key):
                self._client.abort_multipart_upload(Bucket=self.bucket, Key=key, UploadId=s3_upload_id)
        except ObjectMissing:
            return

    def unfinished_transfers(self, prefix: str) -> Iterator[UnfinishedTransfer]:
        with self._asked(prefix):
            pages = self._client.get_paginator("list_multipart_uploads").paginate(Bucket=self.bucket, Prefix=prefix)
            for page in pages:
                for one in page.get("Uploads", []):
                    yield UnfinishedTransfer(one["Key"], one["UploadId"], one["Initiated"])

    # objects

    def head(self, key: str) -> StoredObject | None:
        try:
            with self._asked(key):
                answer = self._client.head_object(Bucket=self.bucket, Key=key)
        except ObjectMissing:
            return None
        return StoredObject(key, answer["ContentLength"], answer["LastModified"])

    def get_bytes(self, key: str) -> bytes:
        """Of an object that is known to be small."""
        return b"".join(self.blocks(key))

    def download(self, key: str, path: Path, on_block: Callable[[bytes], None] | None = None) -> None:
        """Streams the object into `path` in constant memory, showing each block to `on_block`."""
        with path.open("wb") as target:
            for block in self.blocks(key):
                target.write(block)
                if on_block is not None:
                    on_block(block)

    def blocks(self, key: str, span: range | None = None) -> Iterator[bytes]:
        """Of the object, or of those of its bytes."""
        part = {} if span is None else {"Range": f"bytes={span.start}-{span.stop - 1}"}
        with self._asked(key):
            body = self._client.get_object(Bucket=self.bucket, Key=key, **part)["Body"]
            try:
                yield from body.iter_chunks(_BLOCK_BYTES)
            finally:
                body.close()

    def put_file(self, key: str, path: Path, media_type: str) -> None:
        with self._asked(key):
            self._client.upload_file(str(path), self.bucket, key, ExtraArgs={"ContentType": media_type})

    def put_stream(self, key: str, stream: IO[bytes], media_type: str) -> None:
        """For what has no file: parts of the stream are sent as they come, in constant memory."""
        with self._asked(key):
            self._client.upload_fileobj(stream, self.bucket, key, ExtraArgs={"ContentType": media_type})

    def put_bytes(self, key: str, body: bytes, media_type: str) -> None:
        with self._asked(key):
            self._client.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType=media_type)

    def delete(self, key: str) -> None:
        """Safe to repeat."""
        with self._asked(key):
            self._client.delete_object(Bucket=self.bucket, Key=key)

    def objects(self, prefix: str) -> Iterator[StoredObject]:
        with self._asked(prefix):
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
                for one in page.get("Contents", []):
                    yield StoredObject(one["Key"], one["Size"], one["LastModified"])

    def presign_get(self, key: str, *, media_type: str, filename: str | None = None, for_head: bool = False) -> str:
        """A URL for browsers. With `filename` it answers an attachment, named by `domain.filenames`.

        The method is part of the signature, so one `for_head` answers HEAD and nothing else.
        """
        params = {"Bucket": self.bucket, "Key": key, "ResponseContentType": media_type}
        if filename is not None:
            params["ResponseContentDisposition"] = attachment(filename)
        operation = "head_object" if for_head else "get_object"
        return str(self._signer.generate_presigned_url(operation, Params=params, ExpiresIn=self._presign_seconds))

    # the bucket

    def ensure_bucket(self, allowed_origins: Sequence[str]) -> None:
        """Makes the bucket when it is missing and lets the given origins put parts and play. Safe to repeat."""
        with self._asked(self.bucket):
            if not self._has_bucket():
                self._client.create_bucket(Bucket=self.bucket)
            rule = {
                "AllowedOrigins": list(allowed_origins),
                "AllowedMethods": ["GET", "PUT", "POST", "HEAD"],
                "AllowedHeaders": ["*"],
                "ExposeHeaders": ["ETag", "Content-Range", "Accept-Ranges", "Content-Length"],
                "MaxAgeSeconds": 3600,
            }
            self._client.put_bucket_cors(Bucket=self.bucket, CORSConfiguration={"CORSRules": [rule]})

    def check(self) -> None:
        """Raises StorageUnavailable or ObjectMissing when the bucket cannot be used."""
        with _translated(self.bucket):
            self._prober.head_bucket(Bucket=self.bucket)

    def allowed_origins(self) -> list[str]:
        """The origins of the bucket's CORS rules."""
        with _translated(self.bucket):
            rules = self._prober.get_bucket_cors(Bucket=self.bucket)["CORSRules"]
        return [origin for rule in rules for origin in rule["AllowedOrigins"]]

    def _has_bucket(self) -> bool:
        try:
            self._client.head_bucket(Bucket=self.bucket)
        except ClientError as exc:
            if exc.response["Error"]["Code"] in ("404", "NoSuchBucket"):
                return False
            raise
        return True


def _client(settings: Settings, endpoint_url: str, *, patience_seconds: int = 30, attempts: int = 3) -> Any:
    key = settings.s3_access_key_id, settings.s3_secret_access_key
    return _shared_client(endpoint_url, settings.s3_region, *key, patience_seconds, attempts)


@functools.cache
def _shared_client(
    endpoint_url: str, region: str, key_id: str, secret_key: str, patience_seconds: int, attempts: int
) -> Any:
    """Making one takes 30 ms; threads may share it."""
    # without s3v4 boto3 signs other endpoints with the old scheme, which does not bind the length of a part
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        connect_timeout=3,
        read_timeout=patience_seconds,
        retries={"total_max_attempts": attempts, "mode": "standard"},
        max_pool_connections=20,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return boto3.client(
        "s3",
        endpoint_url=endpoint_url,
        region_name=region,
        aws_access_key_id=key_id,
        aws_secret_access_key=secret_key,
        config=config,
    )


def _slow() -> StorageUnavailable:
    return StorageUnavailable("The object storage is slow to answer, and others wait for it; try again in a moment.")


@contextmanager
def _translated(key: str) -> Iterator[None]:
    refuse_network("The object storage")
    try:
        yield
    except ClientError as exc:
        code = exc.response["Error"]["Code"]
        if code == "NoSuchBucket":
            raise ObjectMissing("The object storage has no bucket of that name.") from exc
        if code in _ABSENT or code == "NoSuchUpload":
            raise ObjectMissing(f"The object storage has no {key!r}.") from exc
        if code in ("InvalidPart", "InvalidPartOrder", "EntityTooSmall", "EntityTooLarge"):
            raise TransferRefused(f"The object storage answered {code}; send the parts again.", reason=code) from exc
        raise StorageUnavailable("The object storage answered with an error; try again in a moment.") from exc
    except (BotoCoreError, Boto3Error) as exc:
        raise StorageUnavailable("The object storage cannot be reached; try again in a moment.") from exc
