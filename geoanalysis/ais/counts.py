"""What an import saw, used and left out, by cause."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class ImportCounts:
    """Counters of one file or of a whole import."""

    lines: int = 0
    messages: Counter[str] = field(default_factory=Counter)
    """Decoded messages by type ("1", "5", ...; "csv" for table rows)."""
    positions: int = 0
    statics: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    """Lines or reports left out, by cause."""

    def add(self, other: ImportCounts) -> None:
        """Add another file's counts."""
        self.lines += other.lines
        self.messages.update(other.messages)
        self.positions += other.positions
        self.statics += other.statics
        self.problems.update(other.problems)

    def as_document(self) -> dict[str, object]:
        """Return plain JSON values."""
        return {
            "lines": self.lines,
            "messages": dict(sorted(self.messages.items())),
            "positions": self.positions,
            "statics": self.statics,
            "problems": dict(sorted(self.problems.items())),
        }
