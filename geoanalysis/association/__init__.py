"""Which AIS vessel is which detection, with probabilities."""
