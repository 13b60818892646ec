"""Pages: login, two languages, hostile names, nothing from outside, the policy with a nonce."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dashboard.web.accounts import one_time_login
from dashboard.web.context import Role
from umimori.records import Scene

if TYPE_CHECKING:
    from conftest import World

PASSWORD = "correct horse battery staple"
PAGES = ("/", "/missions", "/flights", "/evidence", "/notices")


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("page", PAGES)
def test_pages_render_in_both_languages_without_outside_addresses(
    world: "World", page: str, language: str
) -> None:
    answer = world.client(Role.VIEWER).get(page, params={"lang": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert re.findall(r"(?:src|href)=\"(?:https?:)?//[^\"]*", answer.text) == []
    assert "<SCRIPT" not in answer.text
    assert re.search("SIMULATED DATA|模擬データ", answer.text)
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["content-security-policy"])
    assert nonce
    executable = re.findall(r"<script(?! type=\"application/json\")[^>]*>", answer.text)
    assert all(nonce.group(1) in tag for tag in executable)
    assert " style=" not in answer.text
    assert not re.search(r"\son\w+=", answer.text)


def test_japanese_page_speaks_japanese(world: "World") -> None:
    text = world.client(Role.VIEWER).get("/missions?lang=ja").text
    assert "任務" in text
    assert "Missions" not in re.sub(r"<[^>]+>", "", text)


def test_the_language_stays(world: "World") -> None:
    viewer = world.client(Role.VIEWER)
    viewer.get("/missions?lang=ja")
    assert '<html lang="ja">' in viewer.get("/flights").text


def test_one_time_login_works_once(world: "World") -> None:
    token = one_time_login(world.context)
    first, second = world.client(None), world.client(None)
    assert first.get(f"/login/once/{token}", follow_redirects=False).headers["location"] == "/"
    assert first.get("/api/v1/me").json()["role"] == "admin"
    assert second.get(f"/login/once/{token}", follow_redirects=False).status_code == 401
    assert second.get("/api/v1/me").status_code == 401


def test_login_logout_and_wrong_passwords(world: "World") -> None:
    world.client(Role.OFFICER)
    browser = world.client(None)
    name = next(u.name for u in world.context.store.accounts.list_users())
    wrong = browser.post("/login", data={"name": name, "password": "x"}, follow_redirects=False)
    assert wrong.status_code == 403
    unknown = browser.post("/login", data={"name": "?", "password": "x"}, follow_redirects=False)
    assert unknown.status_code == 403
    right = browser.post(
        "/login", data={"name": name, "password": PASSWORD}, follow_redirects=False
    )
    assert right.status_code == 303
    assert "HttpOnly" in right.headers["set-cookie"]
    assert browser.get("/api/v1/me").status_code == 200
    browser.post("/logout")
    assert browser.get("/api/v1/me").status_code == 401


def test_a_disabled_person_is_out_at_once(world: "World") -> None:
    officer = world.client(Role.OFFICER)
    name = officer.get("/api/v1/me").json()["name"]
    world.context.store.accounts.disable_user(name)
    assert officer.get("/api/v1/me").status_code == 401


def test_too_many_failures_are_slowed(world: "World") -> None:
    browser = world.client(None)
    for _ in range(10):
        browser.post("/login", data={"name": "nobody", "password": "x"})
    answer = browser.post("/login", data={"name": "nobody", "password": "x"})
    assert re.search("Too many|失敗", answer.text)


def test_the_map_shows_one_scene_and_lets_choose(world: "World") -> None:
    viewer = world.client(Role.VIEWER)
    first = world.context.store.list(Scene)[0]
    later = replace(first, id="scene-2", start_utc=first.stop_utc, name="LATER")
    assert "scene-choice" not in viewer.get("/").text
    with world.context.store.write(actor="test") as tx:
        tx.put(later)
    newest = viewer.get("/").text
    assert "scene-choice" in newest
    assert '"scene": "scene-2"' in newest
    assert '"scene": "scene-1"' in viewer.get("/", params={"scene": "scene-1"}).text
    assert '"scene": "scene-2"' in viewer.get("/", params={"scene": "unknown"}).text
