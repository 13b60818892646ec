"""Passwords and logins: Argon2 (RFC 9106) through pwdlib, the same work for unknown users."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from functools import lru_cache

from pwdlib import PasswordHash

from dashboard.web.context import AppContext, Role, User
from umimori.errors import AuthenticationError, BadInputError
from umimori.store import Store

SESSION_IDLE = timedelta(hours=8)
SESSION_ABSOLUTE = timedelta(hours=24)
ONE_TIME_VALID = timedelta(hours=1)
TOKEN_BYTES = 32
MIN_PASSWORD_LENGTH = 12
"""NIST SP 800-63B-4 asks for 15 alone and 8 with a second factor; between, with rate limiting."""
ONE_TIME_USER = "setup"


@lru_cache(maxsize=1)
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@lru_cache(maxsize=1)
def _dummy_hash() -> str:
    return _hasher().hash(secrets.token_urlsafe(TOKEN_BYTES))


def add_user(store: Store, name: str, password: str, role: Role, now_utc: datetime) -> None:
    """Add an account.

    Raises:
        BadInputError: when the password is too short or the name is taken.
    """
    if len(password) < MIN_PASSWORD_LENGTH:
        raise BadInputError(
            f"the password has fewer than {MIN_PASSWORD_LENGTH} characters.",
            remedy="Choose a longer one; several words are good.",
        )
    store.accounts.add_user(
        name, password_hash=_hasher().hash(password), role=role.value, now_utc=now_utc
    )


def log_in(context: AppContext, name: str, password: str) -> str:
    """Return a fresh session token.

    Raises:
        AuthenticationError: when name and password do not fit, or the account is disabled.
    """
    account = context.store.accounts.find_user(name)
    stored = account.password_hash if account else _dummy_hash()
    fits = _hasher().verify(password, stored)
    if account is None or not fits or account.disabled:
        raise AuthenticationError("name and password do not fit.", remedy="Try again.")
    return open_session(context, account.name)


def open_session(context: AppContext, name: str) -> str:
    """Return a random token; the store keeps only its SHA-256."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    context.store.accounts.create_session(
        token, user=name, now_utc=context.now(), idle=SESSION_IDLE, absolute=SESSION_ABSOLUTE
    )
    return token


def one_time_login(context: AppContext, role: Role = Role.ADMIN) -> str:
    """Return a token that logs in once as the set-up account, which has no password."""
    accounts = context.store.accounts
    if accounts.find_user(ONE_TIME_USER) is None:
        unusable = _hasher().hash(secrets.token_urlsafe(TOKEN_BYTES))
        accounts.add_user(
            ONE_TIME_USER, password_hash=unusable, role=role.value, now_utc=context.now()
        )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    accounts.create_one_time_login(
        token, user=ONE_TIME_USER, now_utc=context.now(), valid=ONE_TIME_VALID
    )
    return token


def redeem_one_time_login(context: AppContext, token: str) -> str:
    """Return a session token for a one-time token, which is spent by this."""
    name = context.store.accounts.redeem_one_time_login(token, now_utc=context.now())
    if name is None:
        raise AuthenticationError(
            "this one-time login address is spent or too old.",
            remedy="Start the server again, or log in with name and password.",
        )
    return open_session(context, name)


def describe(user: User) -> dict[str, str]:
    """Return who a user is, for the API."""
    return {"name": user.name, "role": user.role.value}
