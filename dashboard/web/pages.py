"""The pages: map, missions, flights, evidence, notices. Server-rendered, in two languages."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from dashboard.web.api.anomalies import ranked_anomalies
from dashboard.web.api.picture import known_ports
from dashboard.web.assets import static_folder
from dashboard.web.context import AppContext, Context, CurrentUser, User
from dashboard.web.escape import script_json
from dashboard.web.i18n import LANGUAGE_COOKIE, choose_language, render, translations
from dashboard.web.labels import page_labels
from dashboard.web.map import build_map
from dashboard.web.query import OptionalId
from umimori.records import Detection, Finding, Flight, Mission, Scene

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
PAGE_ROWS = 200
MAP_SCENES = 20
MAP_PORTS = 2000
LANGUAGE_COOKIE_S = 365 * 24 * 3600


@router.get("/")
def map_page(
    request: Request, context: Context, user: CurrentUser, scene: OptionalId = None
) -> HTMLResponse:
    """Show the map with everything that is known of one scene, by default the newest."""
    store = context.store
    language = choose_language(request)
    labels = page_labels(translations(language).gettext)
    scenes = store.list(Scene, newest_first=True, limit=MAP_SCENES)
    chosen = next((s for s in scenes if s.id == scene), scenes[0] if scenes else None)
    scenes.sort(key=lambda s: s is not chosen)
    parts = build_map(scenes, known_ports(context, MAP_PORTS), labels, request.state.csp_nonce)
    config = {
        "labels": labels,
        "layers": parts.layer_names,
        "map": parts.map_name,
        "language": language,
        "role": user.role.value,
        "scene": chosen.id if chosen else None,
    }
    anomalies = ranked_anomalies(context, chosen.id if chosen else None, PAGE_ROWS)
    return _page(
        request,
        user,
        context,
        "map.html",
        chart=parts,
        config=script_json(config),
        anomalies=len(anomalies),
        scenes=scenes,
    )


@router.get("/missions")
def missions_page(request: Request, context: Context, user: CurrentUser) -> HTMLResponse:
    """List missions with their checks."""
    missions = context.store.list(Mission, newest_first=True, limit=PAGE_ROWS)
    return _page(request, user, context, "missions.html", missions=missions)


@router.get("/flights")
def flights_page(request: Request, context: Context, user: CurrentUser) -> HTMLResponse:
    """List flights and how they went."""
    flights = context.store.list(Flight, newest_first=True, limit=PAGE_ROWS)
    missions = {f.mission_id: context.store.find(Mission, f.mission_id) for f in flights}
    findings = context.store.list(Finding, newest_first=True, limit=PAGE_ROWS)
    return _page(
        request,
        user,
        context,
        "flights.html",
        flights=flights,
        missions=missions,
        findings=findings,
    )


@router.get("/evidence")
def evidence_page(request: Request, context: Context, user: CurrentUser) -> HTMLResponse:
    """Show the newest entries of the evidence log and its signed head."""
    head = context.store.evidence.head()
    first = max(0, head.count - PAGE_ROWS)
    entries = list(context.store.evidence.entries(after=first))
    return _page(request, user, context, "evidence.html", head=head, entries=entries[::-1])


@router.get("/notices")
def notices_page(request: Request, context: Context, user: CurrentUser) -> HTMLResponse:
    """Show every packaged library with its licence, and the credits of the data."""
    file = static_folder() / "notices.txt"
    text = file.read_text(encoding="utf-8") if file.exists() else None
    return _page(request, user, context, "notices.html", notices=text, coast=context.coast())


def _page(
    request: Request, user: User, context: AppContext, template: str, **values: Any
) -> HTMLResponse:
    language = choose_language(request)
    labels = page_labels(translations(language).gettext)
    text = render(
        language,
        template,
        nonce=request.state.csp_nonce,
        user=user,
        page=template.removesuffix(".html"),
        simulated=_anything_simulated(context),
        labels=labels,
        **values,
    )
    answer = HTMLResponse(text)
    if request.query_params.get("lang") == language:
        answer.set_cookie(
            LANGUAGE_COOKIE, language, max_age=LANGUAGE_COOKIE_S, samesite="lax", httponly=True
        )
    return answer


def _anything_simulated(context: AppContext) -> bool:
    store = context.store
    newest: list[Scene | Flight | Detection] = [
        *store.list(Scene, newest_first=True, limit=MAP_SCENES),
        *store.list(Flight, newest_first=True, limit=MAP_SCENES),
        *store.list(Detection, newest_first=True, limit=1),
    ]
    return any(record.simulated for record in newest)
