"""Links, codecs and files of the flight stage."""
