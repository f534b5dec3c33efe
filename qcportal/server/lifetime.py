"""Processes that end with the one that started them, even when that was killed.

A process killed with -9 cannot stop its children. On Linux the kernel does; elsewhere nothing changes here,
and children end as far as their own program looks after its parent.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
# Loaded beforehand: between fork and exec as little as possible may happen.
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None
_parent = 0


def die_with(parent: int) -> None:
    """Have the kernel kill this process when `parent`, the process that started it, has ended."""
    if _prctl is None:
        return
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the kernel was asked
        os.kill(os.getpid(), signal.SIGKILL)


def children_die_with_this() -> None:
    """Every process forked from here on ends with the one that forked it, and so do theirs."""
    os.register_at_fork(before=_note_parent, after_in_child=_follow_parent)


def _note_parent() -> None:
    global _parent
    _parent = os.getpid()


def _follow_parent() -> None:
    die_with(_parent)
