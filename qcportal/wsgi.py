"""WSGI entry point."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qcportal.settings")
application = get_wsgi_application()

# After the app is loaded: it reads the settings.
import_module("qcportal.watching.thread").start()
