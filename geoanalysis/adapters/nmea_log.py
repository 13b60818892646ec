"""NMEA 0183 logs with AIS sentences, decoded by pyais.

A broken line is counted by cause and never raises. Sentences of a multi-part message belong
together by sequence number, channel and talker (IEC 61162-1).
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, BinaryIO

from pyais.exceptions import AISBaseException
from pyais.messages import AISSentence, GatehouseSentence, NMEASentenceFactory

from geoanalysis.ais.counts import ImportCounts
from geoanalysis.ais.fields import PositionProblem, RawReport, clean_position
from geoanalysis.ais.receive_time import StreamClock, fix_time, tag_block_time, trailing_time
from geoanalysis.ais.statics import MAX_LENGTH_M, clean_size_m, clean_text
from umimori.errors import CorruptFileError
from umimori.records import AisMessageKind, AisPosition, AisStatic

MAX_LINE_BYTES = 4096
MAX_OPEN_GROUPS = 512
MAX_WAITING = 20_000
"""Reports without a time that wait for the first base station's clock."""
SIMULATED_SOURCE = b"UMIMORI-SIM"
"""Source station (``s:``) in the tag blocks that our simulator writes."""

_LINE = re.compile(
    rb"^(?:\\(?P<tag>[^\\]*)\\)?\s*(?P<core>[!$][^*]{5,}\*[0-9A-Fa-f]{2})(?P<tail>.*)$", re.DOTALL
)
_KINDS = {
    1: AisMessageKind.CLASS_A,
    2: AisMessageKind.CLASS_A,
    3: AisMessageKind.CLASS_A,
    4: AisMessageKind.BASE_STATION,
    9: AisMessageKind.SAR_AIRCRAFT,
    18: AisMessageKind.CLASS_B,
    19: AisMessageKind.CLASS_B,
    21: AisMessageKind.ATON,
    27: AisMessageKind.LONG_RANGE,
}
_STATIC_TYPES = {5, 19, 21, 24}


@dataclass(slots=True)
class _Log:
    """State of one log while it is read."""

    counts: ImportCounts
    source: str
    simulated: bool
    clock: StreamClock
    wrapper_utc: datetime | None = None
    groups: OrderedDict[tuple[object, ...], _Group] = field(default_factory=OrderedDict)
    waiting: list[RawReport] = field(default_factory=list)
    decoded: int = 0


@dataclass(slots=True)
class _Group:
    parts: list[AISSentence]
    time_utc: datetime | None


def read_nmea(
    stream: BinaryIO,
    counts: ImportCounts,
    *,
    given_utc: datetime | None,
    source: str,
    simulated: bool,
) -> Iterator[AisPosition | AisStatic]:
    """Yield positions and statics of a log.

    Raises:
        CorruptFileError: when not one message could be decoded.
    """
    log = _Log(
        counts=counts, source=source, simulated=simulated, clock=StreamClock(given_utc=given_utc)
    )
    while line := stream.readline(MAX_LINE_BYTES):
        counts.lines += 1
        text = line.strip()
        if text and not text.startswith(b"#"):
            yield from _read_line(log, text)
    counts.problems["multipart_incomplete"] += sum(len(g.parts) for g in log.groups.values())
    yield from _release_waiting(log)
    counts.problems += type(counts.problems)()  # drops the zeros
    if log.decoded == 0:
        raise CorruptFileError(
            f"{source} holds no AIS message that can be decoded.",
            remedy="Give a log with intact !AIVDM lines.",
        )


def _read_line(log: _Log, text: bytes) -> Iterator[AisPosition | AisStatic]:
    found = _LINE.match(text)
    if found is None:
        log.counts.problems["not_nmea"] += 1
        return
    core, tag = found["core"], found["tag"] or b""
    if core[3:6].upper() not in {b"VDM", b"VDO"}:
        _read_other(log, core)
        return
    moment = tag_block_time(tag) or trailing_time(found["tail"]) or log.wrapper_utc
    log.wrapper_utc = None
    if SIMULATED_SOURCE in tag:
        log.simulated = True
    sentence = _sentence(log, core)
    if sentence is None:
        return
    whole, first_utc = _assemble(log, sentence, moment)
    if whole is not None:
        yield from _decode(log, whole, first_utc)


def _read_other(log: _Log, core: bytes) -> None:
    """Take the time of a Gatehouse line; other sentences are none of ours."""
    if core[3:5].upper() != b"HP":
        log.counts.problems["other_sentence"] += 1
        return
    try:
        sentence = NMEASentenceFactory.produce(core)
    except (AISBaseException, ValueError, IndexError):
        log.counts.problems["wrapper_broken"] += 1
        return
    if isinstance(sentence, GatehouseSentence):
        log.wrapper_utc = sentence.timestamp.replace(tzinfo=UTC)


def _sentence(log: _Log, core: bytes) -> AISSentence | None:
    try:
        sentence = NMEASentenceFactory.produce(core)
    except (AISBaseException, ValueError, IndexError):
        log.counts.problems["sentence_broken"] += 1
        return None
    if not isinstance(sentence, AISSentence):
        log.counts.problems["other_sentence"] += 1
        return None
    if not sentence.is_valid:
        log.counts.problems["checksum_wrong"] += 1
        return None
    if not sentence.payload:
        log.counts.problems["payload_empty"] += 1
        return None
    return sentence


def _assemble(
    log: _Log, sentence: AISSentence, moment: datetime | None
) -> tuple[AISSentence | None, datetime | None]:
    """Return the whole message when this sentence completes one."""
    if sentence.frag_cnt == 1:
        return sentence, moment
    key = (sentence.seq_id, sentence.channel, sentence.talker_id, sentence.frag_cnt)
    group = log.groups.get(key)
    if sentence.frag_num == 1:
        if group is not None:
            log.counts.problems["multipart_incomplete"] += len(group.parts)
        log.groups[key] = _Group(parts=[sentence], time_utc=moment)
        log.groups.move_to_end(key)
        if len(log.groups) > MAX_OPEN_GROUPS:
            _, lost = log.groups.popitem(last=False)
            log.counts.problems["multipart_incomplete"] += len(lost.parts)
        return None, None
    if group is None or sentence.frag_num != len(group.parts) + 1:
        log.counts.problems["multipart_incomplete"] += 1
        return None, None
    group.parts.append(sentence)
    group.time_utc = group.time_utc or moment
    if len(group.parts) < sentence.frag_cnt:
        return None, None
    del log.groups[key]
    whole = AISSentence.assemble_from_iterable(group.parts)
    return whole, group.time_utc


def _decode(
    log: _Log, sentence: AISSentence, moment: datetime | None
) -> Iterator[AisPosition | AisStatic]:
    try:
        message: Any = sentence.decode()
        number = int(message.msg_type)
    except Exception:
        log.counts.problems["undecodable"] += 1
        return
    log.decoded += 1
    log.counts.messages[str(number)] += 1
    if number == 4:
        _hear_base_station(log, message)
        yield from _release_waiting(log)
    if number in _STATIC_TYPES:
        log.counts.statics += 1
        yield _static(log, message)
    if number in _KINDS:
        yield from _position(log, _raw(message, _KINDS[number]), moment)


def _position(
    log: _Log, raw: RawReport, moment: datetime | None
) -> Iterator[AisPosition | AisStatic]:
    received = moment or log.clock.base_station_utc
    if received is None and log.clock.given_utc is not None:
        yield from _clean(log, raw, log.clock.given_utc)
        return
    if received is None:
        if len(log.waiting) < MAX_WAITING:
            log.waiting.append(raw)
        else:
            log.counts.problems[PositionProblem.NO_TIME] += 1
        return
    yield from _clean(log, raw, fix_time(received, raw.utc_second))


def _clean(log: _Log, raw: RawReport, time_utc: datetime | None) -> Iterator[AisPosition]:
    result = clean_position(raw, time_utc=time_utc, source=log.source, simulated=log.simulated)
    if isinstance(result, PositionProblem):
        log.counts.problems[result.value] += 1
        return
    log.counts.positions += 1
    yield result


def _release_waiting(log: _Log) -> Iterator[AisPosition]:
    """Give the reports before the first clock that clock's time; at the end they stay without."""
    waiting, log.waiting = log.waiting, []
    now = log.clock.base_station_utc
    for raw in waiting:
        yield from _clean(log, raw, None if now is None else fix_time(now, raw.utc_second))


def _hear_base_station(log: _Log, message: Any) -> None:
    try:
        moment = datetime(
            message.year, message.month, message.day,
            message.hour, message.minute, message.second, tzinfo=UTC,
        )  # fmt: skip
    except (TypeError, ValueError):
        log.counts.problems["base_station_time_not_available"] += 1
        return
    log.clock.hear_base_station(moment)


def _raw(message: Any, kind: AisMessageKind) -> RawReport:
    return RawReport(
        mmsi=_integer(message.mmsi),
        lon_deg=message.lon,
        lat_deg=message.lat,
        sog_kn=getattr(message, "speed", None),
        cog_deg=getattr(message, "course", None),
        heading_deg=getattr(message, "heading", None),
        nav_status=_integer(getattr(message, "status", None)),
        kind=kind,
        utc_second=None
        if kind in {AisMessageKind.BASE_STATION, AisMessageKind.LONG_RANGE}
        else _integer(getattr(message, "second", None)),
    )


def _static(log: _Log, message: Any) -> AisStatic:
    ends = [getattr(message, f"to_{end}", None) for end in ("bow", "stern", "port", "starboard")]
    name = getattr(message, "shipname", None) or getattr(message, "name", None)
    return AisStatic(
        mmsi=_integer(message.mmsi) or 0,
        name=clean_text(name),
        call_sign=clean_text(getattr(message, "callsign", None)),
        imo=_integer(getattr(message, "imo", None)) or None,
        ship_type=_integer(getattr(message, "ship_type", None)) or None,
        length_m=clean_size_m(ends[0], ends[1], MAX_LENGTH_M),
        width_m=clean_size_m(ends[2], ends[3], MAX_LENGTH_M),
        destination=clean_text(getattr(message, "destination", None)),
        source=log.source,
        simulated=log.simulated,
    )


def _integer(value: object) -> int | None:
    try:
        return int(value)  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError):
        return None
