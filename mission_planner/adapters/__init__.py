"""The only place of the planner that opens files or imports I/O libraries."""
