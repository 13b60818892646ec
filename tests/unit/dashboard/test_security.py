"""The same-origin rule and the nonce."""

import pytest
from starlette.datastructures import Headers

from dashboard.web.security import content_security_policy, is_same_origin, with_nonce


@pytest.mark.parametrize(
    ("method", "headers", "allowed"),
    [
        ("GET", {"sec-fetch-site": "cross-site"}, True),
        ("POST", {"sec-fetch-site": "same-origin"}, True),
        ("POST", {"sec-fetch-site": "none"}, True),
        ("POST", {"sec-fetch-site": "cross-site"}, False),
        ("POST", {"sec-fetch-site": "same-site"}, False),
        ("POST", {"origin": "http://here:1", "host": "here:1"}, True),
        ("POST", {"origin": "http://there:1", "host": "here:1"}, False),
        ("DELETE", {"origin": "null", "host": "here:1"}, False),
        ("POST", {"host": "here:1"}, True),
    ],
)
def test_cross_site_writes_are_told(method: str, headers: dict[str, str], allowed: bool) -> None:
    assert is_same_origin(method, Headers(headers)) is allowed


def test_policy_allows_nothing_from_outside_and_nothing_inline() -> None:
    policy = content_security_policy("abc")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "script-src 'self' 'nonce-abc'" in policy


def test_nonce_goes_on_scripts_and_styles_only() -> None:
    markup = with_nonce("<script>1</script><STYLE>x</STYLE><scripty><p>", "n")
    assert markup == '<script nonce="n">1</script><STYLE nonce="n">x</STYLE><scripty><p>'
