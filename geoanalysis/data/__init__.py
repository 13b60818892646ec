"""Packaged tables, each row with its source."""
