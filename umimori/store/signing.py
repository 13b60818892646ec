"""The signed heads of the evidence log: key and heads file lie outside the database.

Ed25519 (RFC 8032) over the canonical JSON of count, hash and time.
"""

from __future__ import annotations

import base64
import json
import os
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from umimori.errors import BadInputError, CorruptFileError
from umimori.records.codec import format_time, from_json, to_json
from umimori.records.evidence import EvidenceHead

KEY_NAME = "evidence_ed25519.pem"
PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


class HeadSigner:
    """Signs heads, appends them to the heads file, and reads both back.

    The key is made at the first signature; a link() of a whole file makes it appear at once, so
    that two first starts agree on one key. Checking never makes one.
    """

    def __init__(self, *, keys_dir: Path, heads_file: Path) -> None:
        self.key_file = keys_dir / KEY_NAME
        self.heads_file = heads_file
        keys_dir.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        heads_file.parent.mkdir(parents=True, exist_ok=True)
        self._key: Ed25519PrivateKey | None = None

    @property
    def public_key(self) -> str | None:
        """Return the public half (base64), or None while there is no key."""
        if self._key is None and self.key_file.exists():
            self._key = _read_key(self.key_file)
        return None if self._key is None else _public_text(self._key)

    def sign(self, count: int, entry_hash: str, time_utc: datetime) -> EvidenceHead:
        """Return a signed head."""
        if not self.key_file.exists():
            _make_key(self.key_file)
        if self._key is None:
            self._key = _read_key(self.key_file)
        message = signed_message(count, entry_hash, time_utc)
        return EvidenceHead(
            count=count,
            hash=entry_hash,
            time_utc=time_utc,
            signature=_base64(self._key.sign(message)),
            public_key=_public_text(self._key),
        )

    def append(self, head: EvidenceHead) -> None:
        """Append a head to the heads file in one write, and sync it."""
        line = (to_json(head) + "\n").encode()
        handle = os.open(self.heads_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE_FILE)
        try:
            os.write(handle, line)
            os.fsync(handle)
        finally:
            os.close(handle)

    def read_heads(self) -> tuple[list[EvidenceHead], list[int]]:
        """Return the heads of the file, and the numbers of lines that are none."""
        heads: list[EvidenceHead] = []
        broken: list[int] = []
        if not self.heads_file.exists():
            return heads, broken
        text = self.heads_file.read_text(encoding="utf-8", errors="replace")
        lines = text.splitlines()
        for number, line in enumerate(lines, start=1):
            try:
                heads.append(from_json(EvidenceHead, line))
            except BadInputError:
                # A power cut may leave half a last line; every acknowledged one ends in a newline.
                if number < len(lines) or text.endswith("\n"):
                    broken.append(number)
        return heads, broken

    def is_ours(self, head: EvidenceHead) -> bool:
        """Return whether this key signed the head."""
        return head.public_key == self.public_key and signature_fits(head)


def signed_message(count: int, entry_hash: str, time_utc: datetime) -> bytes:
    """Return the bytes that a head's signature covers."""
    plain = {"count": count, "hash": entry_hash, "time_utc": format_time(time_utc)}
    return json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()


def signature_fits(head: EvidenceHead) -> bool:
    """Return whether a head's signature fits its own public key."""
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(head.public_key))
        public.verify(
            base64.b64decode(head.signature), signed_message(head.count, head.hash, head.time_utc)
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def read_anchor(file: Path) -> EvidenceHead:
    """Return the newest head of an anchor file (one head, or a copy of a heads file).

    Raises:
        BadInputError: the file is missing or holds no head.
    """
    try:
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(
            f"the anchor {file} cannot be read.", remedy="Give a head that was kept elsewhere."
        ) from error
    if not lines:
        raise BadInputError(
            f"the anchor {file} is empty.", remedy="Give a head that was kept elsewhere."
        )
    try:
        heads = [from_json(EvidenceHead, "\n".join(lines))]
    except BadInputError:
        heads = [from_json(EvidenceHead, line) for line in lines]
    return max(heads, key=lambda head: head.count)


def _make_key(file: Path) -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    fresh = file.with_name(f".{file.name}.{os.getpid()}.{base64.b16encode(os.urandom(6)).decode()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(handle, "wb") as stream:
        stream.write(pem)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(fresh, file)
    except FileExistsError:
        pass  # another process was first; its key counts
    finally:
        fresh.unlink()


def _public_text(key: Ed25519PrivateKey) -> str:
    return _base64(key.public_key().public_bytes_raw())


def _read_key(file: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except ValueError as error:
        raise CorruptFileError(
            f"the evidence key {file} is damaged.", remedy="Restore it from a backup."
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise CorruptFileError(
            f"the evidence key {file} is no Ed25519 key.", remedy="Restore it from a backup."
        )
    return key


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
