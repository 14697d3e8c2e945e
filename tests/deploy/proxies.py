"""Runs the proxies of docs/deploy in front of a site.

Their configuration files are used as they are, with the test's ports, folders and certificate.
"""

import getpass
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from pathlib import Path

from tests.running_site import ROOT, free_port

NAME = "www.example.com"
START_SECONDS = 20
SBIN = os.pathsep.join([os.environ["PATH"], "/usr/sbin"])
# Debian's folder. Set APACHE_MODULES for an Apache that is installed elsewhere.
APACHE_MODULES = os.environ.get("APACHE_MODULES", "/usr/lib/apache2/modules")


def path_of_program(name: str) -> str | None:
    """The program's path. An environment variable such as NGINX wins over the search in PATH."""
    return os.environ.get(name.upper()) or shutil.which(name, path=SBIN)


def replace_each(text: str, *pairs: tuple[str, str]) -> str:
    """Replaces each `old` pattern by `new` in the text, and fails if it does not occur."""
    for old, new in pairs:
        assert re.search(old, text, re.MULTILINE), old
        text = re.sub(old, new, text, flags=re.MULTILINE)
    return text


def read_configuration(name: str) -> str:
    return (ROOT / "docs" / "deploy" / name).read_text()


class Proxy:
    program = ""

    def __init__(self, folder: Path, site_port: int):
        self.folder, self.site_port = folder, site_port
        self.port, self.plain_port = free_port(), free_port()
        self.certificate, self.key = folder / "fullchain.pem", folder / "privkey.pem"
        self.server: subprocess.Popen | None = None

    def __enter__(self):
        ask = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        ask += ["-nodes", "-days", "2", "-subj", f"/CN={NAME}"]
        ask += ["-keyout", str(self.key), "-out", str(self.certificate)]
        subprocess.run(ask, check=True, capture_output=True)
        self.file = self.folder / "proxy.conf"
        self.file.write_text(self.text())
        with (self.folder / "proxy.log").open("ab") as log:
            self.server = subprocess.Popen(self.command(), stdout=log, stderr=log, cwd=self.folder)
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.server.poll() is None:
            try:
                if self.request("GET", "/healthz")[0] == 200:
                    return self
            except OSError:
                time.sleep(0.1)
        self.__exit__()
        raise AssertionError((self.folder / "proxy.log").read_text())

    def __exit__(self, *exc):
        self.server.terminate()
        self.server.wait(20)

    def connect(self, timeout=30) -> ssl.SSLSocket:
        context = ssl.create_default_context(cafile=str(self.certificate))
        context.check_hostname = False
        plain = socket.create_connection(("127.0.0.1", self.port), timeout)
        return context.wrap_socket(plain, server_hostname=NAME)

    def request(self, method, path, body=None, headers=None):
        """(status, headers, body) of one HTTPS request with the site's host name."""
        connection = http.client.HTTPConnection(NAME)
        connection.sock = self.connect()
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def get_by_address(self, path: str):
        """(status, Location) of a request without TLS or host name, as load balancers send it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=10)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.headers["Location"]
        finally:
            connection.close()


class Nginx(Proxy):
    program = "nginx"

    def command(self):
        return [path_of_program("nginx"), "-c", str(self.file), "-p", str(self.folder)]

    def text(self):
        own = replace_each(
            read_configuration("nginx.conf"),
            (r"127\.0\.0\.1:8000", f"127.0.0.1:{self.site_port}"),
            (r"^ *listen \[::\].*\n", ""),
            (r"listen 80\b", f"listen 127.0.0.1:{self.plain_port}"),
            (r"listen 443\b", f"listen 127.0.0.1:{self.port}"),
            (r"/etc/letsencrypt/live/www\.example\.com", str(self.folder)),
            (r"/var/log/nginx", str(self.folder)),
        )
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "".join(f"{kind}_temp_path {self.folder}/{kind};" for kind in kinds)
        return (
            f"daemon off; pid {self.folder}/pid; user {getpass.getuser()}; worker_processes 1;\n"
            f"error_log stderr; events {{}}\nhttp {{ {temporary}\n{own}\n}}\n"
        )


class Caddy(Proxy):
    program = "caddy"

    def command(self):
        run = ["run", "--config", str(self.file), "--adapter", "caddyfile"]
        own = [f"XDG_DATA_HOME={self.folder}", f"XDG_CONFIG_HOME={self.folder}"]
        return ["env", *own, path_of_program("caddy"), *run]

    def text(self):
        own = replace_each(
            read_configuration("Caddyfile"),
            (r"127\.0\.0\.1:8000", f"127.0.0.1:{self.site_port}"),
            (r"^(www\.example\.com) \{", rf"\1 {{\n\ttls {self.certificate} {self.key}"),
            (r"^(example\.com) \{", r"\1 {\n\ttls internal"),
        )
        ports = f"http_port {self.plain_port}\nhttps_port {self.port}\nskip_install_trust\n"
        return f"{{\nadmin off\ndefault_bind 127.0.0.1\n{ports}}}\n{own}"


class Apache(Proxy):
    program = "apache2"

    def command(self):
        return [path_of_program("apache2"), "-D", "FOREGROUND", "-f", str(self.file)]

    def text(self):
        own = replace_each(
            read_configuration("apache.conf"),
            (r"127\.0\.0\.1:8000", f"127.0.0.1:{self.site_port}"),
            (r"<VirtualHost \*:80>", f"<VirtualHost 127.0.0.1:{self.plain_port}>"),
            (r"<VirtualHost \*:443>", f"<VirtualHost 127.0.0.1:{self.port}>"),
            (r"/etc/letsencrypt/live/www\.example\.com", str(self.folder)),
            (r"/var/log/apache2", str(self.folder)),
        )
        names = re.search(r"a2enmod (.*)", own)[1].split()
        names += ["mpm_event", "authz_core", "socache_shmcb", "log_config"]  # Debian has them on
        modules = "".join(
            f"LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so\n"
            for name in names
            if (Path(APACHE_MODULES) / f"mod_{name}.so").exists()  # some are built in
        )
        return (
            f"ServerRoot {self.folder}\nDefaultRuntimeDir {self.folder}\n{modules}"
            f"PidFile {self.folder}/pid\nErrorLog {self.folder}/log\nServerName localhost\n"
            # Apache refuses to answer as root.
            f"{'User nobody' if os.getuid() == 0 else ''}\nGroup #{os.getgid() or 65534}\n"
            f"Listen 127.0.0.1:{self.port}\nListen 127.0.0.1:{self.plain_port}\n{own}"
        )


PROXIES = {"nginx": Nginx, "caddy": Caddy, "apache": Apache}
