"""The XML files and names of a Sentinel-1 product, from values alone."""
