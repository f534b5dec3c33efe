"""Trail events as syslog messages (RFC 5424), and how they are sent: UDP, TCP or the machine's own socket."""

import os
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from trail.labels import RESULTS, action_label
from trail.models import Event

_AUDIT = 13  # the facility "log audit"
_NOTICE, _WARNING = 5, 4
_ID = "trail@32473"  # RFC 5612: a number for those who have none of their own
_TIMEOUT = 10
_LONGEST = 1_800  # octets: every receiver takes a datagram of 2,048
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def message(event: Event) -> bytes:
    """One event. Its detail stays here: a reason that somebody typed may name a patient."""
    severity = _NOTICE if event.result == "done" else _WARNING
    fields = {
        "seq": event.seq,
        "action": event.action,
        "result": event.result,
        "actor": event.actor_id or "",
        "ip": event.ip,
        "target": f"{event.target_type}:{event.target_id}" if event.target_type else "",
        "department": event.department_id or "",
        "hash": event.hash,
    }
    data = " ".join(f'{name}="{_escaped(str(value))}"' for name, value in fields.items() if value != "")
    at = event.at.isoformat(timespec="microseconds")
    head = f"<{_AUDIT * 8 + severity}>1 {at} {_host()} qcportal {os.getpid()} trail [{_ID} {data}]"
    result = RESULTS.get(event.result, event.result)
    text = f"{event.actor_name}（{event.actor_roles}）{action_label(event.action)}：{result}"
    whole = head.encode() + b" \xef\xbb\xbf" + _CONTROL.sub(" ", text).encode()
    return whole[:_LONGEST].decode("utf-8", "ignore").encode()


def _escaped(value: str) -> str:
    return re.sub(r'(["\\\]])', r"\\\1", _CONTROL.sub(" ", value))


def _host() -> str:
    return re.sub(r"[^!-~]", "-", socket.gethostname())[:255] or "-"


@contextmanager
def sender(address: str) -> Iterator[Callable[[bytes], None]]:
    """A function that sends one message to udp://host:port, tcp://host:port or unix:///path.

    OSError when the receiver is away. TCP (RFC 6587, octet counting) waits at the end until the receiver has
    closed its side too: a connection that broke before is noticed then.
    """
    parts = urlsplit(address)
    if parts.scheme == "unix":
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as unix:
            unix.settimeout(_TIMEOUT)
            unix.connect(parts.path)
            yield lambda data: unix.sendall(data)
        return
    place = (parts.hostname or "", parts.port or 514)
    if parts.scheme == "tcp":
        with socket.create_connection(place, _TIMEOUT) as stream:
            yield lambda data: stream.sendall(b"%d %s" % (len(data), data))
            stream.shutdown(socket.SHUT_WR)
            _wait_for_end(stream)
        return
    kind = socket.getaddrinfo(*place, type=socket.SOCK_DGRAM)[0][0]
    with socket.socket(kind, socket.SOCK_DGRAM) as datagrams:
        datagrams.connect(place)  # an answer "port unreachable" is then an error of the next message
        yield lambda data: datagrams.sendall(data)


def _wait_for_end(stream: socket.socket) -> None:
    try:
        while stream.recv(4096):
            pass
    except TimeoutError:
        return  # a receiver that leaves connections open has taken what was sent
