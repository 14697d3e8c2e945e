from zoneinfo import ZoneInfo


def find_zone(name: str) -> ZoneInfo | None:
    """The time zone of that name in the IANA list, such as America/Detroit, if there is one."""
    try:
        return ZoneInfo(name)
    # An unknown name is a KeyError. A folder of the zone files, such as America, is an OSError.
    except (KeyError, OSError, ValueError):
        return None
