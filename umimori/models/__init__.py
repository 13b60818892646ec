"""Pure models that two or more stages share: kinematics, guidance, energy, footprint."""
