"""People signing up from several threads, and what each was told."""

import itertools
import threading

from tests.running_site import RunningSite


class SignUps:
    """Within the block `threads` writers sign up one person after the other.

    `taken` holds the addresses that were answered 303, `failed` what else came back.
    """

    def __init__(self, site: RunningSite, threads: int = 6):
        self.site = site
        self.taken: list[str] = []
        self.failed: list[str] = []
        self.numbers = itertools.count()
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=self.write) for _ in range(threads)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *exc):
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def write(self) -> None:
        while not self.is_over.is_set():
            number = next(self.numbers)
            email = f"person-{number}@example.com"
            # Each from an address of its own: this is many people, not one client.
            client = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
            fields = {"first_name": "Ann", "email": email}
            try:
                status = self.site.post("/ebooks/", fields, **{"X-Forwarded-For": client})[0]
            except OSError as error:
                self.failed.append(repr(error))
                continue
            if status == 303:
                self.taken.append(email)
            else:
                self.failed.append(str(status))

    def wait_for(self, count: int) -> None:
        """Until so many more were taken."""
        wanted = len(self.taken) + count
        while len(self.taken) < wanted and not self.is_over.wait(0.01):
            assert len(self.failed) < 1000, self.failed[:5]
