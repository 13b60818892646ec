"""The JSON API under ``/api/v1``, one router per kind of record."""
