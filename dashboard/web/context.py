"""What every route is given: the store, the clock, the coast, and who is asking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, cast

from fastapi import Depends, Request

from dashboard.web.throttle import LoginThrottle
from umimori.clocks import SystemClock, WallClock
from umimori.coast import Coast
from umimori.errors import AuthenticationError, NotPermittedError
from umimori.store import Store

SESSION_COOKIE = "umimori_session"


class Role(StrEnum):
    """What a user may do; each has what ``viewer`` has."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    OFFICER = "officer"
    TESTER = "tester"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class User:
    """Who is logged in."""

    name: str
    role: Role

    def may(self, *roles: Role) -> bool:
        """Return whether the user has one of the roles; an admin has all."""
        return self.role is Role.ADMIN or self.role in roles


@dataclass(slots=True)
class AppContext:
    """What the composition root hands to the routes."""

    store: Store
    data_dir: Path
    coast: Callable[[], Coast]
    clock: WallClock
    secure_cookies: bool = False
    throttle: LoginThrottle = field(default_factory=LoginThrottle)

    def now(self) -> datetime:
        """Return wall time."""
        return self.clock.now_utc()


def make_context(
    store: Store,
    data_dir: Path,
    coast: Callable[[], Coast],
    *,
    clock: WallClock | None = None,
    secure_cookies: bool = False,
) -> AppContext:
    """Return the context of one server."""
    return AppContext(
        store=store,
        data_dir=data_dir,
        coast=coast,
        clock=clock or SystemClock(),
        secure_cookies=secure_cookies,
    )


def app_context(request: Request) -> AppContext:
    """Return the context of the running server."""
    return cast("AppContext", request.app.state.context)


Context = Annotated[AppContext, Depends(app_context)]


def optional_user(request: Request, context: Context) -> User | None:
    """Return who holds the session cookie, or None."""
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    account = context.store.accounts.find_session(token, now_utc=context.now())
    if account is None:
        return None
    return User(name=account.name, role=Role(account.role))


MaybeUser = Annotated[User | None, Depends(optional_user)]


def logged_in(user: MaybeUser) -> User:
    """Return who is asking; strangers are refused."""
    if user is None:
        raise AuthenticationError("nobody is logged in.", remedy="Log in at /login.")
    return user


CurrentUser = Annotated[User, Depends(logged_in)]


def require(*roles: Role) -> Callable[[User], User]:
    """Return a dependency that lets only these roles (and admins) through."""

    def check(user: CurrentUser) -> User:
        if not user.may(*roles):
            names = ", ".join(roles)
            raise NotPermittedError(
                f"the role {user.role} may not do this.", remedy=f"Ask somebody who is {names}."
            )
        return user

    return check


Analyst = Annotated[User, Depends(require(Role.ANALYST, Role.OFFICER))]
Officer = Annotated[User, Depends(require(Role.OFFICER))]
Pilot = Annotated[User, Depends(require(Role.OFFICER, Role.TESTER))]
Admin = Annotated[User, Depends(require())]
