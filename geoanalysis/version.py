"""Name and version of the analysis: part of every derived id and of every anomaly."""

ALGORITHM = "umimori-analysis"
VERSION = "1"
"""Raised when the same input may give another result."""
ALGORITHM_VERSION = f"{ALGORITHM}/{VERSION}"
