"""Detections + AIS + coast + zones -> matches, anomalies, risk and search areas."""
