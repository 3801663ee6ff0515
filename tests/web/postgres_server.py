"""A real PostgreSQL server for the tests, in a folder of its own, which nothing but its socket reaches."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

PASSWORD = "s3cret/of:the@lab"  # noqa: S105 # of this server
MISSING = "There is no PostgreSQL server on this machine (on Debian and Ubuntu: apt install postgresql)."
_RULES = "local all owner trust\nlocal all all scram-sha-256\n"


def programs():
    """The folder of the programs of the newest server; None if there is none."""
    found = shutil.which("postgres")
    if found and shutil.which("initdb"):
        return Path(found).parent
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(folders, key=lambda folder: int(folder.parent.name), default=None)


class PostgresServer:
    """Made once; started, killed and started again as a test likes."""

    def __init__(self, wait):
        self._wait, self._folder = wait, Path(tempfile.mkdtemp(prefix="hepasome-"))  # a socket needs a short path
        self._programs, self._process = programs(), None
        self._user = {}
        if os.geteuid() == 0:  # the server refuses to be run by root
            names = {one.pw_name for one in pwd.getpwall()}
            user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
            os.chown(self._folder, user.pw_uid, user.pw_gid)
            self._user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        made = ["-D", self._data, "-U", "owner", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run([self._programs / "initdb", *made], check=True, capture_output=True, **self._spawn)
        (self._data / "pg_hba.conf").write_text(_RULES)
        self.start()
        for role in ("lab", "guest"):
            self.say(f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'")
        self._databases = 0

    @property
    def _data(self):
        return self._folder / "data"

    @property
    def _spawn(self):
        return {"cwd": self._folder, **self._user}

    def start(self):
        options = ["-D", self._data, "-k", self._folder, "-c", "listen_addresses=", "-c", "fsync=off"]
        with (self._folder / "log.txt").open("a") as log:
            command = [self._programs / "postgres", *options]
            self._process = subprocess.Popen(command, stdout=log, stderr=log, **self._spawn)
        self._wait(self._answers)

    def kill(self):
        """End it and all connections at once, as a crash does."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()

    @contextmanager
    def hanging(self):
        """It keeps all connections and says nothing."""
        processes = [psutil.Process(self._process.pid), *psutil.Process(self._process.pid).children()]
        for one in processes:
            one.suspend()
        try:
            yield
        finally:
            for one in processes:
                one.resume()

    def remove(self):
        self.kill()
        shutil.rmtree(self._folder)

    def new_database(self):
        """A database of its own that the user `lab` owns; the value is its name."""
        self._databases += 1
        name = f"lab{self._databases}"
        self.say(f"CREATE DATABASE {name} OWNER lab")
        self.say("REVOKE CREATE ON SCHEMA public FROM PUBLIC", name)  # as newer servers have it
        self.say("GRANT CREATE ON SCHEMA public TO lab", name)
        return name

    def url(self, database, user="lab", password=PASSWORD):
        secret = f":{quote(password, safe='')}" if password else ""
        return f"postgresql://{user}{secret}@/{database}?host={quote(str(self._folder), safe='')}"

    def say(self, sql, database="postgres", values=()):
        """Run a statement as the owner; the value is what it selects."""
        with psycopg.connect(self.url(database, "owner", ""), autocommit=True) as connection:
            cursor = connection.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def _answers(self):
        assert self._process.poll() is None, (self._folder / "log.txt").read_text()
        try:
            return self.say("SELECT 1")
        except psycopg.OperationalError:
            return None
