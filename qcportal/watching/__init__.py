"""Watching a running installation: readiness, metrics, access log, trail to syslog, alerts.

Each process that serves or works runs one thread (`thread.py`); whichever of them claims the round of the
minute does it, so that the web processes notice a worker that is silent, and the other way round.
"""
