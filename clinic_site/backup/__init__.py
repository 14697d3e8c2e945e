class BackupError(Exception):
    """Its message tells staff what went wrong. Nothing has been changed when it is raised."""
