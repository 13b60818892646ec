"""Words of the pages that scripts and codes need, by key; marked here for the catalogues.

Reason and check codes come from the stages as stable codes; people read the sentences below.
``{name}`` in a sentence is filled with the reason's value of that name.
"""

from __future__ import annotations

from collections.abc import Callable


def _(message: str) -> str:
    """Mark a message for extraction; translated when a page is made."""
    return message


LAYERS = {
    "layer.coast": _("Coast"),
    "layer.tracks": _("AIS tracks"),
    "layer.matches": _("Matches"),
    "layer.detections": _("Detections"),
    "layer.anomalies": _("Anomalies"),
    "layer.missions": _("Missions"),
    "layer.coverage": _("Area looked at (estimate)"),
    "layer.findings": _("Findings"),
    "layer.vehicles": _("Vehicles"),
    "layer.ports": _("Ports"),
}
PORTS = {
    "port.open": _("open port"),
    "port.closed": _("closed port"),
    "port.unknown": _("port, status unknown"),
}
ROWS = {
    "row.kind": _("Kind"),
    "row.source": _("Source"),
    "row.state": _("State"),
    "row.time": _("Time"),
    "row.length": _("Length"),
    "row.width": _("Width"),
    "row.heading": _("Heading"),
    "row.score": _("Score"),
    "row.flags": _("Flags"),
    "row.shore": _("To shore"),
    "row.mmsi": _("MMSI"),
    "row.name": _("Name"),
    "row.points": _("Points"),
    "row.speed": _("Speed"),
    "row.course": _("Course"),
    "row.distance": _("Distance"),
    "row.shift": _("Azimuth shift"),
    "row.p_match": _("P(match)"),
    "row.p_dark": _("P(dark)"),
    "row.p_absent": _("P(absent)"),
    "row.risk": _("Risk"),
    "row.verdict": _("Verdict"),
    "row.vehicle": _("Vehicle"),
    "row.duration": _("Duration"),
    "row.items": _("Items"),
    "row.checks": _("Checks"),
    "row.mode": _("Mode"),
    "row.armed": _("Armed"),
    "row.altitude": _("Height over home"),
    "row.depth": _("Depth"),
    "row.battery": _("Battery"),
    "row.age": _("Age"),
    "row.engine": _("Engine"),
}
STATES = {
    "state.matched": _("matched"),
    "state.dark": _("dark"),
    "state.not_vessel": _("not a vessel"),
    "state.absent": _("absent"),
    "state.unknown": _("unknown"),
    "state.none": _("not analysed"),
}
KINDS = {
    "anomaly.dark_vessel": _("Dark vessel"),
    "anomaly.ais_gap": _("AIS silence"),
    "anomaly.rendezvous": _("Rendezvous"),
    "anomaly.near_closed_port": _("Near a closed port"),
    "anomaly.absent_vessel": _("AIS vessel absent"),
    "mission.area": _("Area"),
    "mission.coast": _("Coast patrol"),
    "mission.island": _("Island patrol"),
    "mission.search": _("Search"),
    "mission.inspect": _("Underwater inspection"),
    "mission.imported": _("Imported"),
    "vehicle.plane": _("Fixed wing"),
    "vehicle.sub": _("Underwater vehicle"),
}
FLIGHTS = {
    "flight.connecting": _("connecting"),
    "flight.uploading": _("uploading"),
    "flight.verified": _("verified"),
    "flight.armed": _("armed"),
    "flight.flying": _("flying"),
    "flight.completed": _("completed"),
    "flight.aborted": _("aborted"),
    "flight.yielded": _("yielded to a pilot"),
    "flight.lost": _("link lost"),
    "engine.embedded": _("embedded simulator"),
    "engine.ardupilot": _("ArduPilot SITL"),
    "engine.vehicle": _("vehicle"),
}
WORDS = {
    "simulated": _("simulated"),
    "unknown": _("unknown"),
    "yes": _("yes"),
    "no": _("no"),
    "live": _("live"),
    "ended": _("ended"),
    "confirm": _("Confirm"),
    "dismiss": _("Dismiss"),
    "watch": _("Watch"),
    "verdict.confirmed": _("confirmed"),
    "verdict.dismissed": _("dismissed"),
    "verdict.watch": _("watched"),
    "nothing": _("Nothing here yet."),
    "connection.lost": _("The connection to the server is lost; what you see is old."),
    "failed": _("That did not work"),
    "command.pause": _("Pause"),
    "command.resume": _("Resume"),
    "command.return": _("Return"),
    "command.abort": _("Abort"),
    "detection": _("Detection"),
    "finding.seen": _("Seen"),
    "finding.not_seen": _("Looked for, not seen"),
    "match": _("Match"),
    "track": _("AIS track"),
    "zoom": _("Show on the map"),
    "credit": _("Umimori"),
}
REASONS = {
    "reason.no_ais_match": _("No AIS vessel explains this echo, P(dark) {p_dark}"),
    "reason.ais_silent": _("AIS silent for {minutes} min"),
    "reason.fell_silent": _("MMSI {mmsi} fell silent {minutes} min before and may be this"),
    "reason.vessels_together": _("Two vessels within {distance_m} m"),
    "reason.report_without_echo": _(
        "AIS reports a ship where the radar sees none, P(absent) {p_absent}"
    ),
    "reason.calls_at_closed_port": _("Calls at a closed port"),
    "reason.closed_port_near": _("{port}, a closed port, is {distance_km} km away"),
    "reason.partner_dark": _("The partner is dark, P(dark) {p_dark}"),
    "reason.large_vessel": _("{length_m} m long: must carry AIS"),
    "reason.watch_zone": _("In the watch zone {zone}"),
    "reason.foreign_flag": _("Foreign flag (MMSI {mmsi})"),
    "reason.others_were_heard": _("Other vessels here were heard"),
    "reason.coast_near": _("{distance_km} km from the coast"),
    "reason.night": _("At night"),
    "reason.carriage_not_required": _("{length_m} m long: need not carry AIS"),
}
CHECK_SEVERITIES = {
    "severity.error": _("Error"),
    "severity.warning": _("Warning"),
    "severity.info": _("Note"),
}

ALL_LABELS = LAYERS | PORTS | ROWS | STATES | KINDS | FLIGHTS | WORDS | REASONS | CHECK_SEVERITIES


def page_labels(gettext: Callable[[str], str]) -> dict[str, str]:
    """Return every label in the language of ``gettext``."""
    return {key: gettext(message) for key, message in ALL_LABELS.items()}
