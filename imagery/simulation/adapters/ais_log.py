"""Writes AIS reports as an NMEA log with tag blocks (NMEA 0183 4.10, annex on tag blocks)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from pyais.encode import encode_msg
from pyais.messages import (
    MessageType1,
    MessageType5,
    MessageType18,
    MessageType24PartA,
    MessageType24PartB,
    Payload,
)

from imagery.simulation.ais_reports import Identity, Report
from imagery.simulation.scenario import Station

SOURCE_STATION = "UMIMORI-SIM"
"""Source in every tag block: how an importer knows that the log is simulated."""
NO_HEADING = 511
"""ITU-R M.1371-5, table 48: heading not available."""


def write_ais_log(path: Path, reports: Iterable[Report], scene_time_utc: datetime) -> int:
    """Write the log; return the number of messages.

    Each sentence is preceded by a tag block with source (``s:``) and receive time (``c:``).
    """
    count = 0
    with path.open("w", encoding="ascii", newline="") as log:
        for report in reports:
            for message in _messages(report, scene_time_utc):
                received = scene_time_utc + timedelta(seconds=report.received_s)
                sentences = encode_msg(
                    message, sentence_type="VDM", radio_channel="AB"[count % 2], seq_id=count % 10
                )
                count += 1
                for sentence in sentences:
                    log.write(f"{_tag_block(received)}{sentence}\r\n")
    return count


def _tag_block(received_utc: datetime) -> str:
    body = f"s:{SOURCE_STATION},c:{int(received_utc.timestamp())}"
    checksum = 0
    for character in body.encode("ascii"):
        checksum ^= character
    return f"\\{body}*{checksum:02X}\\"


def _messages(report: Report, scene_time_utc: datetime) -> list[Payload]:
    if report.position is None:
        return _static(report.identity)
    second = (scene_time_utc + timedelta(seconds=report.time_s)).second
    common = {
        "mmsi": report.identity.mmsi,
        "speed": round(report.speed_kn, 1),
        "lon": report.position.lon_deg,
        "lat": report.position.lat_deg,
        "course": round(report.course_deg, 1) % 360.0,
        "heading": NO_HEADING if report.heading_deg is None else round(report.heading_deg) % 360,
        "second": second,
        "accuracy": True,
    }
    if report.identity.station is Station.CLASS_B:
        return [MessageType18.create(**common, cs=True, msg22=True)]
    return [MessageType1.create(**common, status=report.nav_status)]


def _static(identity: Identity) -> list[Payload]:
    length, width = round(identity.length_m), round(identity.width_m)
    bow, port = round(length * 0.75), width // 2
    size = {
        "to_bow": bow,
        "to_stern": length - bow,
        "to_port": port,
        "to_starboard": width - port,
    }
    if identity.station is Station.CLASS_B:
        return [
            MessageType24PartA.create(mmsi=identity.mmsi, shipname=identity.name),
            MessageType24PartB.create(
                mmsi=identity.mmsi,
                ship_type=identity.ship_type,
                callsign=identity.callsign,
                **size,
            ),
        ]
    return [
        MessageType5.create(
            mmsi=identity.mmsi,
            imo=identity.imo,
            callsign=identity.callsign,
            shipname=identity.name,
            ship_type=identity.ship_type,
            destination=identity.destination,
            epfd=1,
            draught=round(identity.length_m / 25.0, 1),
            **size,
        )
    ]
