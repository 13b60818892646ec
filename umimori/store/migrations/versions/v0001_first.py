"""The first tables: one per record kind, boxes, telemetry, outbox, evidence, blobs, accounts.

Written out by hand: a migration must not change when the code above it does.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# table -> key columns, and whether it has a box table
KINDS: dict[str, tuple[tuple[str, ...], bool]] = {
    "scene": (("name", "platform"), True),
    "detection_run": (("scene_id", "algorithm", "version"), False),
    "detection": (("scene_id", "run_id", "vessel_class"), True),
    "ais_track": (("mmsi", "kind"), True),
    "ais_static": (("mmsi", "source"), False),
    "match": (("scene_id", "run_id", "state", "detection_id", "mmsi", "track_id"), True),
    "anomaly": (("scene_id", "kind", "algorithm_version"), True),
    "target": (("mmsi",), True),
    "review": (("subject_id", "verdict", "user"), False),
    "task": (("kind", "vehicle_kind"), True),
    "mission": (("kind", "vehicle_kind", "vehicle", "task_id"), True),
    "flight": (
        ("mission_id", "mission_sha256", "vehicle_id", "vehicle_kind", "state", "engine"),
        False,
    ),
    "command_intent": (("vehicle_id", "flight_id", "command", "user"), False),
    "command_outcome": (("intent_id",), False),
    "release": (("mission_sha256", "vehicle_id"), False),
    "finding": (("flight_id", "task_id", "anomaly_id"), True),
    "port": (("name", "country", "open_port", "source"), True),
    "zone": (("name", "kind", "source"), True),
}
KEY_TYPES: dict[str, type[sa.Integer] | type[sa.Boolean]] = {
    "mmsi": sa.Integer,
    "open_port": sa.Boolean,
}


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, primary_key=True, autoincrement=True)


def _record_tables() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for kind, (keys, boxed) in KINDS.items():
        op.create_table(
            kind,
            _number("row"),
            sa.Column("id", sa.String, nullable=False, unique=True),
            *(sa.Column(key, KEY_TYPES.get(key, sa.String)) for key in keys),
            sa.Column("begin_utc", sa.String),
            sa.Column("end_utc", sa.String),
            sa.Column("west_deg", sa.Double),
            sa.Column("south_deg", sa.Double),
            sa.Column("east_deg", sa.Double),
            sa.Column("north_deg", sa.Double),
            _text("sha256"),
            sa.Column("body", sa.Text, nullable=False),
            sqlite_autoincrement=True,
        )
        for key in (*keys, "begin_utc"):
            op.create_index(f"ix_{kind}_{key}", kind, [key])
        if boxed and sqlite:
            op.execute(
                f'CREATE VIRTUAL TABLE "{kind}_box" USING rtree'
                "(row, west_deg, east_deg, south_deg, north_deg)"
            )


def _log_tables() -> None:
    op.create_table(
        "telemetry",
        _number("row"),
        _text("flight_id"),
        sa.Column("body", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_telemetry_flight_id", "telemetry", ["flight_id", "row"])
    op.create_table(
        "outbox",
        _number("number"),
        _text("kind"),
        _text("id"),
        _text("change"),
        _text("wall_utc"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "evidence",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        _text("time_utc"),
        _text("actor"),
        _text("act"),
        _text("subject_kind"),
        _text("subject_id"),
        _text("subject_sha256"),
        sa.Column("detail", sa.Text, nullable=False),
        _text("software_version"),
        _text("previous_hash"),
        _text("hash"),
    )
    op.create_index("ix_evidence_subject", "evidence", ["subject_kind", "subject_id", "seq"])
    op.create_table(
        "blob",
        sa.Column("sha256", sa.String, primary_key=True),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        _text("suffix"),
        _text("added_utc"),
    )
    op.create_table(
        "claim",
        sa.Column("resource", sa.String, primary_key=True),
        _text("owner"),
        _text("expires_utc"),
    )


def _account_tables() -> None:
    op.create_table(
        "account",
        sa.Column("name", sa.String, primary_key=True),
        _text("role"),
        _text("password_hash"),
        sa.Column("disabled", sa.Boolean, nullable=False),
        _text("created_utc"),
    )
    op.create_table(
        "session",
        sa.Column("token_sha256", sa.LargeBinary, primary_key=True),
        _text("name"),
        _text("created_utc"),
        _text("idle_expiry_utc"),
        _text("absolute_expiry_utc"),
        sa.Column("idle_s", sa.Double, nullable=False),
    )
    op.create_index("ix_session_name", "session", ["name"])
    op.create_table(
        "one_time_login",
        sa.Column("token_sha256", sa.LargeBinary, primary_key=True),
        _text("name"),
        _text("expires_utc"),
    )
    op.create_table(
        "audit",
        _number("number"),
        _text("time_utc"),
        _text("user"),
        _text("action"),
        _text("path"),
        sa.Column("status", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )


def upgrade() -> None:
    """Make all tables."""
    _record_tables()
    _log_tables()
    _account_tables()
