"""The only place of this stage that imports I/O libraries."""
