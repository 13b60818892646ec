"""Missions onto a MAVLink vehicle; telemetry, records and evidence back."""
