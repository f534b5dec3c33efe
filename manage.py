#!/usr/bin/env python
"""Django's command line for qcportal."""

import os
import sys

DATABASE_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "dbshell", "shell", "test"}


def main() -> None:
    """Run one command; a database that is not there is a sentence and exit 2, not a page of traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qcportal.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, ProgrammingError

    try:
        execute_from_command_line(sys.argv)
    except (OperationalError, ProgrammingError) as error:
        # Whoever works on the database itself, or asks for it, wants to see what happened.
        if "--traceback" in sys.argv or DATABASE_COMMANDS & set(sys.argv[1:2]):
            raise
        sys.stderr.write(f"数据库尚未建立或无法连接，请先运行 manage.py migrate。（{error}）\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
