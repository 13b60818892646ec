"""Sockets and processes of the SITL stage."""
