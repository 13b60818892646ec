"""Vehicles to fly on: real ArduPilot SITL when it is found, else the embedded simulator."""
