"""The one error tree of the product, and the one table from class to exit code and HTTP status.

::

    UmimoriError
    ├── UsageError              the call itself is wrong
    ├── BadInputError           a file, number or geometry that was given is not usable
    │   ├── CorruptFileError        truncated, undecodable, or of another format than it says
    │   ├── IncompleteProductError  a scene that lacks a part it needs
    │   ├── NotAProductError        a folder or file that is no satellite product
    │   ├── GeometryError           empty, self-crossing or out-of-range geometry
    │   └── UnknownRecordError      an id that the store does not hold
    ├── EnvironmentMissingError something needed is missing on this machine
    │   └── NotPermittedError       the machine or the user's role does not allow it
    │       └── AuthenticationError     nobody is logged in, or the login failed
    ├── OutsideWorldError       network, link or vehicle failed
    │   ├── LinkSilentError         nobody answers on a vehicle link
    │   └── TransferError           a mission transfer could not be completed and verified
    ├── ConflictError           somebody else was first (two users, two agents)
    ├── RefusedError            a safety rule forbids it
    └── TamperedError           the evidence log or a blob is not what was written

Every error carries one plain sentence and a remedy; neither ever contains a traceback.
"""

from __future__ import annotations

from dataclasses import dataclass


class UmimoriError(Exception):
    """Base of all errors that a user may see.

    Args:
        message: one plain sentence saying what is wrong, with the name of the thing.
        remedy: one plain sentence saying what to do about it.
    """

    code = "internal"

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def one_line(self) -> str:
        """Return message and remedy as a single line, whatever they contain."""
        text = f"{self.message} {self.remedy}" if self.remedy else self.message
        return " ".join(text.split())


class UsageError(UmimoriError):
    """The call itself is wrong: an unknown option value or a contradiction."""

    code = "usage"


class BadInputError(UmimoriError):
    """A file, number or geometry that was given is not usable."""

    code = "bad_input"


class CorruptFileError(BadInputError):
    """A file is truncated, undecodable, or of another format than it says."""

    code = "corrupt_file"


class IncompleteProductError(BadInputError):
    """A scene lacks a part that it needs (an annotation, a measurement)."""

    code = "incomplete_product"


class NotAProductError(BadInputError):
    """The given path is not a satellite product that can be read."""

    code = "not_a_product"


class GeometryError(BadInputError):
    """A geometry is empty, self-crossing, or outside its coordinate range."""

    code = "geometry"


class UnknownRecordError(BadInputError):
    """The store does not hold a record of this id."""

    code = "unknown_record"


class EnvironmentMissingError(UmimoriError):
    """Something needed is missing on this machine: a program, a folder, a library."""

    code = "environment_missing"


class NotPermittedError(EnvironmentMissingError):
    """The machine's permissions or the user's role do not allow it."""

    code = "not_permitted"


class AuthenticationError(NotPermittedError):
    """Nobody is logged in, or the login failed."""

    code = "authentication"


class OutsideWorldError(UmimoriError):
    """The network, a link or a vehicle failed."""

    code = "outside_world"


class LinkSilentError(OutsideWorldError):
    """Nobody answers on a vehicle link."""

    code = "link_silent"


class TransferError(OutsideWorldError):
    """A transfer to a vehicle could not be completed and verified."""

    code = "transfer"


class ConflictError(UmimoriError):
    """Somebody else was first: two users, two agents, two writers."""

    code = "conflict"


class RefusedError(UmimoriError):
    """A safety rule forbids what was asked."""

    code = "refused"


class TamperedError(UmimoriError):
    """The evidence log or a blob is not what was written."""

    code = "tampered"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an error class means outside: process exit code and HTTP status."""

    exit_code: int
    http_status: int


EXIT_OK = 0
EXIT_BUG = 70

OUTCOMES: dict[type[UmimoriError], Outcome] = {
    UsageError: Outcome(2, 422),
    BadInputError: Outcome(3, 400),
    CorruptFileError: Outcome(3, 400),
    IncompleteProductError: Outcome(3, 400),
    NotAProductError: Outcome(3, 400),
    GeometryError: Outcome(3, 400),
    UnknownRecordError: Outcome(3, 404),
    EnvironmentMissingError: Outcome(4, 503),
    NotPermittedError: Outcome(4, 403),
    AuthenticationError: Outcome(4, 401),
    OutsideWorldError: Outcome(5, 502),
    LinkSilentError: Outcome(5, 504),
    TransferError: Outcome(5, 502),
    ConflictError: Outcome(6, 409),
    RefusedError: Outcome(6, 403),
    TamperedError: Outcome(3, 409),
    UmimoriError: Outcome(EXIT_BUG, 500),
}


def outcome_of(error: BaseException) -> Outcome:
    """Return the outcome of the nearest class in the table; a foreign error is a bug (70, 500)."""
    for cls in type(error).__mro__:
        if cls in OUTCOMES:
            return OUTCOMES[cls]
    return Outcome(EXIT_BUG, 500)
