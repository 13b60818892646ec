"""Hand-written Alembic migrations; each is applied once, in order, when a store is opened."""
