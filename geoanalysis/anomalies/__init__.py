"""One rule, one file; every finding carries its reasons."""
