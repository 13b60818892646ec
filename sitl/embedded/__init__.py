"""The embedded simulator: kinematic vehicles behind a MAVLink face that answers as ArduPilot."""
