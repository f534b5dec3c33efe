"""Why a backup was not made or not restored."""


class BackupError(ValueError):
    """A backup, a restoration or a drill could not be done; the message is the sentence for the operator."""
