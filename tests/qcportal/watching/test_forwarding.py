"""The trail reaches a syslog receiver whole and in order, also after the receiver was away."""

import re
import socket
import threading

import pytest

from qcportal.watching.forwarding import forward_trail, forwarded_seq, forwarding_problem
from qcportal.watching.states import write_state
from trail.chain import record

pytestmark = pytest.mark.django_db
_SEQ = re.compile(rb'seq="(\d+)"')


@pytest.fixture
def events():
    """Three events; a detail that somebody typed names a patient."""
    record("trail.anchor", by=None)
    record("trail.export", by=None, detail={"reason": "患者张三丰要求"})
    return [record("trail.export", by=None, result="refused")]


@pytest.fixture
def udp(settings):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(5)
        settings.QC_SYSLOG = f"udp://127.0.0.1:{receiver.getsockname()[1]}"
        yield receiver


def test_nothing_is_forwarded_unless_a_receiver_is_named(events):
    assert (forward_trail(), forwarded_seq(), forwarding_problem()) == (0, None, "")


def test_events_go_out_in_order_once_and_without_their_detail(events, udp):
    assert forward_trail() == 3
    received = [udp.recv(4096) for _ in range(3)]
    assert [int(_SEQ.search(one).group(1)) for one in received] == [1, 2, 3]
    assert not any("张三".encode() in one for one in received)
    head = rb"<%d>1 \d{4}-\d\d-\d\dT[^ ]+ [!-~]+ qcportal \d+ trail \[trail@32473 seq="
    assert re.match(head % 109, received[1])  # log audit, notice
    assert re.match(head % 108, received[2])  # refused: warning
    assert received[1].endswith("] \ufeff系统（）导出操作留痕：完成".encode())
    assert (forward_trail(), forwarded_seq(), forwarding_problem()) == (0, 3, "")
    record("trail.anchor", by=None)
    assert (forward_trail(), _SEQ.search(udp.recv(4096)).group(1)) == (1, b"4")


def test_value_that_would_end_its_field_is_escaped(udp, officer):
    officer.full_name = 'a"]\nb'
    record("trail.export", by=officer, target=officer)
    forward_trail()
    message = udp.recv(4096)
    assert b"\n" not in message
    assert message.count(b"]") == 2  # the end of the data, and the one in the name


def test_receiver_that_was_away_gets_all_later_over_tcp(events, settings):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings.QC_SYSLOG = f"tcp://127.0.0.1:{port}"
    assert (forward_trail(), forwarded_seq()) == (0, 0)
    assert forwarding_problem() == "3条留痕未能送达日志服务器"
    received = []

    def take(server):
        peer, _ = server.accept()
        with peer:
            while data := peer.recv(4096):
                received.append(data)

    with socket.create_server(("127.0.0.1", port)) as server:
        taking = threading.Thread(target=take, args=(server,))
        taking.start()
        assert (forward_trail(), forwarded_seq(), forwarding_problem()) == (3, 3, "")
        taking.join(5)
    stream = b"".join(received)
    frames = 0
    while stream:  # RFC 6587: the length, a blank, the message
        length, _, rest = stream.partition(b" ")
        assert rest[: int(length)].startswith(b"<1")
        stream, frames = rest[int(length) :], frames + 1
    assert frames == 3


def test_socket_of_the_machine_is_written_to(events, settings, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(tmp_path / "log"))
        settings.QC_SYSLOG = f"unix://{tmp_path / 'log'}"
        assert forward_trail() == 3
        assert _SEQ.search(receiver.recv(4096)).group(1) == b"1"


def test_trail_of_an_older_backup_is_sent_from_its_beginning(events, udp):
    forward_trail()
    for seq, value in ((9, "0" * 64), (2, "0" * 64)):
        write_state("syslog", {"seq": seq, "hash": value})
        assert forward_trail() == 3
