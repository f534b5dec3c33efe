"""Sign-ins in force: from which device and address, when last seen; a person sees and ends their own.

`store` is Django's session engine on the database with columns of its own (settings.SESSION_ENGINE): they are
written with the session, at most once a minute, and need no query more.
"""
