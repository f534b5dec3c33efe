"""The secret of a device that is being set up: in the session, encrypted, until a code from it was typed.

Not with the account: who looked on at an earlier try, from another session, must not know the secret that the
person takes into use in the end.
"""

from django.contrib.sessions.backends.base import SessionBase

from staff.second_factor.domain.codes import new_secret
from staff.second_factor.encryption import decrypted, encrypted

_KEY = "second_factor_setup"


def begin_setup(session: SessionBase) -> bytes:
    """The secret to be entered into an authenticator app: the one begun in this session, else a new one."""
    begun = pending_secret(session)
    if begun is not None:
        return begun
    secret = new_secret()
    session[_KEY] = encrypted(secret)
    return secret


def pending_secret(session: SessionBase) -> bytes | None:
    """The secret that is being set up in this session; None when none is."""
    stored: str | None = session.get(_KEY)
    return decrypted(stored) if stored else None


def end_setup(session: SessionBase) -> None:
    """Forget the secret: it is in use now, or is to be another one."""
    session.pop(_KEY, None)
