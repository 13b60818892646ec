"""Alembic's entry: runs the scripts on the connection that the store hands over."""

from alembic import context

from umimori.store.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    include_name=lambda name, kind, _: not (kind == "table" and name and "_box" in name),
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
