"""Timings of the stages; `make bench` runs them."""
