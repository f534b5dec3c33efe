"""Keeps the secret addresses of calendars out of the log."""

import logging
import re

_ADDRESS = re.compile(r"(/calendar/)[^\s/?]+")


class HideCalendarAddress(logging.Filter):
    """Masks the token in every line, such as `Not Found: /calendar/…`."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if (masked := _ADDRESS.sub(r"\1***", text)) != text:
            record.msg, record.args = masked, ()
        return True
