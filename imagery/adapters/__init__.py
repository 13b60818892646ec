"""The only place of this stage where files are read and written."""
