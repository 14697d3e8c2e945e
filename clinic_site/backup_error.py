class BackupError(Exception):
    """Said in a sentence; what was there is as it was."""
