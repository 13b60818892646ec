"""The store: records, evidence log, blobs, outbox, accounts and claims of one data folder."""

from umimori.store.opening import open_store
from umimori.store.ports import (
    Account,
    AccountBook,
    AuditEntry,
    BlobStore,
    Claim,
    EvidenceLog,
    OutboxEvent,
    Store,
    Transaction,
    VerifyReport,
)

__all__ = [
    "Account",
    "AccountBook",
    "AuditEntry",
    "BlobStore",
    "Claim",
    "EvidenceLog",
    "OutboxEvent",
    "Store",
    "Transaction",
    "VerifyReport",
    "open_store",
]
