"""A simulated Sentinel-1 scene with known truth; shares no code with the detector."""
