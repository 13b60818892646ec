"""People, sessions, one-time logins and the audit trail of the dashboard."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Engine, RowMapping, delete, insert, select, update

from umimori.clocks import WallClock
from umimori.errors import ConflictError, UnknownRecordError
from umimori.records.codec import format_time, parse_time
from umimori.store.engine import reading, writing
from umimori.store.ports import Account, AuditEntry
from umimori.store.tables import ACCOUNT, AUDIT, ONE_TIME_LOGIN, SESSION

TOUCH_FRACTION = 0.05
"""A session's idle expiry is only written again when it would move by this share of it."""


def token_hash(token: str) -> bytes:
    """Return what is stored of a token; tokens are long and random, so no salt is needed."""
    return hashlib.sha256(token.encode()).digest()


class SqlAccountBook:
    """Accounts of one store; see :class:`umimori.store.ports.AccountBook`."""

    def __init__(self, engine: Engine, clock: WallClock) -> None:
        self._engine = engine
        self._clock = clock

    def add_user(
        self, name: str, *, password_hash: str, role: str, now_utc: datetime | None = None
    ) -> Account:
        """Add a person; ConflictError when the name is taken."""
        account = Account(
            name=name,
            role=role,
            password_hash=password_hash,
            disabled=False,
            created_utc=now_utc or self._clock.now_utc(),
        )
        with writing(self._engine) as connection:
            taken = connection.scalar(select(ACCOUNT.c.name).where(ACCOUNT.c.name == name))
            if taken is not None:
                raise ConflictError(
                    f"there is a user {name} already.", remedy="Choose another name."
                )
            connection.execute(
                insert(ACCOUNT).values(
                    name=name,
                    role=role,
                    password_hash=password_hash,
                    disabled=False,
                    created_utc=format_time(account.created_utc),
                )
            )
        return account

    def list_users(self) -> list[Account]:
        """Return all people by name."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(ACCOUNT).order_by(ACCOUNT.c.name)).mappings().all()
        return [_account(row) for row in rows]

    def find_user(self, name: str) -> Account | None:
        """Return one person or None."""
        with reading(self._engine) as connection:
            row = (
                connection.execute(select(ACCOUNT).where(ACCOUNT.c.name == name)).mappings().first()
            )
        return None if row is None else _account(row)

    def disable_user(self, name: str) -> None:
        """Disable a person and end all their sessions; UnknownRecordError when unknown."""
        self._change(name, disabled=True)

    def set_password(self, name: str, *, password_hash: str) -> None:
        """Replace a password hash and end all of the person's sessions."""
        self._change(name, password_hash=password_hash)

    def create_session(
        self, token: str, *, user: str, now_utc: datetime, idle: timedelta, absolute: timedelta
    ) -> None:
        """Open a session that ends after ``idle`` without use, and after ``absolute`` anyway."""
        with writing(self._engine) as connection:
            connection.execute(
                delete(SESSION).where(SESSION.c.absolute_expiry_utc <= format_time(now_utc))
            )
            connection.execute(
                insert(SESSION).values(
                    token_sha256=token_hash(token),
                    name=user,
                    created_utc=format_time(now_utc),
                    idle_expiry_utc=format_time(now_utc + idle),
                    absolute_expiry_utc=format_time(now_utc + absolute),
                    idle_s=idle.total_seconds(),
                )
            )

    def find_session(self, token: str, *, now_utc: datetime) -> Account | None:
        """Return who a living session belongs to and push its idle expiry, else None."""
        key = token_hash(token)
        now = format_time(now_utc)
        with reading(self._engine) as connection:
            session = connection.execute(
                select(SESSION).where(SESSION.c.token_sha256 == key)
            ).first()
        if session is None or min(session.idle_expiry_utc, session.absolute_expiry_utc) <= now:
            return None
        account = self.find_user(session.name)
        if account is None or account.disabled:
            return None
        idle = timedelta(seconds=session.idle_s)
        if now_utc + idle - parse_time(session.idle_expiry_utc) > idle * TOUCH_FRACTION:
            with writing(self._engine) as connection:
                connection.execute(
                    update(SESSION)
                    .where(SESSION.c.token_sha256 == key)
                    .values(idle_expiry_utc=format_time(now_utc + idle))
                )
        return account

    def end_session(self, token: str) -> None:
        """End a session; unknown tokens are no error."""
        with writing(self._engine) as connection:
            connection.execute(delete(SESSION).where(SESSION.c.token_sha256 == token_hash(token)))

    def create_one_time_login(
        self, token: str, *, user: str, now_utc: datetime, valid: timedelta
    ) -> None:
        """Let a token log this person in once."""
        with writing(self._engine) as connection:
            connection.execute(
                insert(ONE_TIME_LOGIN).values(
                    token_sha256=token_hash(token),
                    name=user,
                    expires_utc=format_time(now_utc + valid),
                )
            )

    def redeem_one_time_login(self, token: str, *, now_utc: datetime) -> str | None:
        """Return whose token it is and use it up, else None."""
        with writing(self._engine) as connection:
            used = connection.execute(
                delete(ONE_TIME_LOGIN)
                .where(ONE_TIME_LOGIN.c.token_sha256 == token_hash(token))
                .returning(ONE_TIME_LOGIN.c.name, ONE_TIME_LOGIN.c.expires_utc)
            ).first()
        if used is None or used.expires_utc <= format_time(now_utc):
            return None
        return str(used.name)

    def record_audit(
        self, *, user: str, action: str, path: str, status: int, now_utc: datetime
    ) -> None:
        """Append one line to the audit trail."""
        with writing(self._engine) as connection:
            connection.execute(
                insert(AUDIT).values(
                    time_utc=format_time(now_utc),
                    user=user,
                    action=action,
                    path=path,
                    status=status,
                )
            )

    def audit(self, *, limit: int = 200) -> list[AuditEntry]:
        """Return the newest audit lines first."""
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(AUDIT).order_by(AUDIT.c.number.desc()).limit(limit)
            ).mappings()
            return [AuditEntry(**{**row, "time_utc": parse_time(row["time_utc"])}) for row in rows]

    def _change(self, name: str, **values: str | bool) -> None:
        with writing(self._engine) as connection:
            done = connection.execute(update(ACCOUNT).where(ACCOUNT.c.name == name).values(values))
            if not done.rowcount:
                raise UnknownRecordError(
                    f"there is no user {name}.", remedy="Run: umimori user list"
                )
            connection.execute(delete(SESSION).where(SESSION.c.name == name))


def _account(row: RowMapping) -> Account:
    values = dict(row)
    values["created_utc"] = parse_time(values["created_utc"])
    return Account(**values)
