"""Backups: one encrypted file of the database, the files and the keys; restored into an empty place only.

`envelope` encrypts and authenticates a stream, `archive` is its content and manifest, `database` makes and
loads copies on SQLite and PostgreSQL, `places` are the folders, `actions` and `restoring` the two directions.
"""
