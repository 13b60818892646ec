"""What touches files: measurement TIFFs, product folders, AIS logs, truth files."""
