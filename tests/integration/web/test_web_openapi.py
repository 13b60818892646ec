"""Every documented route does what the OpenAPI document says, for any input."""

from typing import TYPE_CHECKING

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dashboard.web.app import create_app
from dashboard.web.context import SESSION_COOKIE, Role

if TYPE_CHECKING:
    from conftest import World

EXAMPLES_PER_ROUTE = 12
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def test_routes_keep_their_word(world: "World") -> None:
    session = str(world.client(Role.ADMIN).cookies[SESSION_COOKIE])
    schema = schemathesis.openapi.from_asgi(
        "/api/v1/openapi.json", create_app(world.context)
    ).exclude(path="/api/v1/events")  # an endless stream; its own test reads it
    tried: set[str] = set()
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES_PER_ROUTE,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def keeps_its_word(case: schemathesis.Case) -> None:
            case.call_and_validate(checks=CHECKS, cookies={SESSION_COOKIE: session})

        keeps_its_word()
        tried.add(operation.label)
    assert len(tried) >= 20
