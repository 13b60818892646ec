"""Umimori (海守): the kernel that every stage builds on. It knows no stage.

Import order, lowest first: ``errors`` <- ``ids``, ``clocks`` <- ``geodesy`` <- ``records`` <-
``settings``, ``models``, ``missionfiles``, ``coast`` <- ``store``.
"""

__version__ = "0.1.0"
