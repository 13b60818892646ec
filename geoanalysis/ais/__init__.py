"""AIS reports made clean: sentinels, receive times, CSV shapes, tracks."""
