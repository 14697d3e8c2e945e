class BackupError(Exception):
    """Raised with a message for staff. Nothing has been changed when it is raised."""
