"""The ``umimori`` command."""
