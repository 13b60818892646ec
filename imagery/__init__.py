"""Satellite scene to vessel detections."""
