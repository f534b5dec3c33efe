"""gunicorn's configuration file, named by `manage.py serve`: its workers end with it."""

from qcportal.server.lifetime import children_die_with_this

children_die_with_this()
