#!/usr/bin/env python3
"""Runs real clients under `guard run` and with guard's hook, against a scripted model, and checks what came of it.

    check.py [--guard FILE] [--way run|hook|both] [CLIENT...]

For each client: a harmless command gives the model what it gives without guard; a destructive one does not run, its
target is still there, and the model is told why; once a person has approved it, the repeated command runs; of ten
commands that are asked for at once nine run and the destructive one is held. A client that cannot be installed is named
as skipped. Ends with status 1 when anything else went wrong.
"""

import argparse
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import clients
from model import Model, ticket

HERE = os.path.dirname(os.path.abspath(__file__))
HARMLESS = "echo \"six times seven is $((6 * 7))\"; printf '%s\\n' 'it'\"'\"'s' | tr a-z A-Z; (exit 3)"
DESTRUCTIVE = "rm -r canary"
AT_ONCE = [f"echo line-{number} > out-{number}; cat out-{number}" for number in range(9)] + ["rm -r keep"]
# How many seconds a client gets; most need less than ten where nothing else runs.
LIMIT = int(os.environ.get("GUARD_AGENTS_LIMIT", "150"))


class Run:
    """A client at work in a home and a project of its own."""

    def __init__(self, name, way, guard):
        self.name, self.way, self.guard = name, way, guard
        self.folder = tempfile.mkdtemp(prefix="guard-agents-", dir=os.environ.get("GUARD_AGENTS_TMP", "/var/tmp"))
        self.project = f"{self.folder}/project"
        self.approved = None
        self.slow = False
        for folder in ("canary", "keep"):
            clients.write(f"{self.project}/{folder}/file", "data\n")
        self.env = {
            "PATH": f"{clients.NODE}:/usr/local/bin:/usr/bin:/bin",
            "HOME": f"{self.folder}/home",
            "XDG_RUNTIME_DIR": f"{self.folder}/run",
            "USER": "dev",
            "LOGNAME": "dev",
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "SHELL": "/bin/bash",
            "SHLVL": "1",
            "GUARD_WAIT": "0",
            "GIT_CONFIG_GLOBAL": "/dev/null",
        }
        os.makedirs(self.env["HOME"])
        os.makedirs(self.env["XDG_RUNTIME_DIR"], mode=0o700)
        self.own("git", "init", "-q")

    def own(self, *words):
        return subprocess.run(words, cwd=self.project, env=self.env, capture_output=True, text=True, timeout=60)

    def go(self, turns):
        """Runs the client until its script is done; gives what it told the model."""
        model = Model(turns, self.between)
        place = clients.Place(self.env["HOME"], self.project, model.url)
        argv, more = getattr(clients, self.name)(place)
        env = {**self.env, **more}
        if self.way == "hook":
            done = self.own(self.guard, "init", self.name, *clients.INIT.get(self.name, []))
            if done.returncode:
                raise RuntimeError(done.stderr)
            seed_plugin(self)
        for command in place.before:
            subprocess.run(command, cwd=self.project, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        if self.way == "run":
            argv = [self.guard, "run", "--", *argv]
        client = subprocess.Popen(
            argv,
            cwd=self.project,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            self.output = client.communicate(timeout=LIMIT)[0].decode(errors="replace")
        except subprocess.TimeoutExpired:
            os.killpg(client.pid, signal.SIGKILL)
            self.output = client.communicate()[0].decode(errors="replace") + "\n(too slow)"
            self.slow = True
        model.close()
        return model.results

    def between(self, number, results):
        """After the destructive command, a person approves it."""
        if number == 1 and (held := ticket(" ".join(results))):
            self.approved = approve(self.guard, held, self.env)

    def there(self, name):
        return os.path.exists(f"{self.project}/{name}")

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def seed_plugin(run):
    """OpenCode fetches a package when it has a plugin; without a network it takes one that is there."""
    seed = f"{clients.ROOT}/opencode-plugin"
    if run.name == "opencode" and os.path.isdir(f"{seed}/node_modules"):
        for folder in (".config/opencode", ".opencode"):
            place = f"{run.env['HOME']}/{folder}"
            os.makedirs(place, exist_ok=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copy(f"{seed}/{name}", place)
            os.symlink(f"{seed}/node_modules", f"{place}/node_modules")


def approve(guard, held, env):
    """What a person does in a terminal of their own."""
    pid, master = pty.fork()
    if pid == 0:
        os.execve(guard, [guard, "approve", held], env)
    said, asked, deadline = b"", False, time.time() + 30
    while time.time() < deadline:
        if select.select([master], [], [], 0.2)[0]:
            try:
                part = os.read(master, 4096)
            except OSError:
                break
            if not part:
                break
            said += part
        elif said and not asked:
            # The question is there and still: what is typed earlier does not count.
            time.sleep(1)
            os.write(master, b"y\n")
            asked = True
    os.close(master)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return status == 0 or said.decode(errors="replace")


def normal(result):
    """A result without what differs from run to run."""
    result = re.sub(r"(Chunk ID|Wall time|Process Group PGID|shellId|total_tokens)[^\n]*", "", result)
    return re.sub(r"/var/tmp/[^/ ]+|<system-reminder>.*?</system-reminder>|\s+", " ", result, flags=re.S).strip()


def check(name, way, guard, plain):
    """The complaints about one client."""
    run = Run(name, way, guard)
    bad = []
    try:
        end = [[clients.ENDS[name]]] if name in clients.ENDS else []
        results = run.go([[HARMLESS], [DESTRUCTIVE], [DESTRUCTIVE], AT_ONCE, *end])
        if run.slow:
            return [f"it was ended after {LIMIT} s, with {len(results)} results"]
        if len(results) < 3:
            return [f"only {len(results)} results; the client said: {run.output[-1500:]}"]
        if normal(results[0]) != plain:
            bad.append(f"the harmless command gave {normal(results[0])!r} instead of {plain!r}")
        if "guard: not run" not in results[1]:
            bad.append(f"the model was not told: {results[1]!r}")
        if run.approved is True:
            if run.there("canary"):
                bad.append(f"approved, and not run: {results[2]!r}")
        elif run.approved is None:
            bad.append(f"no ticket in what the model was told: {results[1]!r}")
        else:
            bad.append(f"it could not be approved: {run.approved!r}")
        if not run.there("keep"):
            bad.append("one of ten destroyed its target")
        missing = [number for number in range(9) if not run.there(f"out-{number}")]
        if missing:
            bad.append(f"of ten, these did not run: {missing}")
        told = sum("guard: not run" in result for result in results[3:])
        if told != 1:
            bad.append(f"of ten, {told} were held")
        if run.approved is not True and not run.there("canary"):
            bad.append("the destructive command ran")
    finally:
        run.close()
    return bad


def without_guard(name):
    run = Run(name, "none", None)
    try:
        results = run.go([[HARMLESS], *([[clients.ENDS[name]]] if name in clients.ENDS else [])])
        if not results:
            raise RuntimeError(f"it does not work without guard: {run.output[-1500:]}")
        return normal(results[0])
    finally:
        run.close()


def alone():
    """Goes on in namespaces of its own where that is allowed: only the loopback interface, and no process stays."""
    if os.environ.get("GUARD_AGENTS_ALONE") or os.geteuid() != 0:
        return
    unshare = ["unshare", "-n", "-m", "-p", "-f", "--kill-child", "--mount-proc"]
    if subprocess.run([*unshare, "true"], capture_output=True).returncode == 0:
        script = 'ip link set lo up 2>/dev/null || python3 -c "$1"; shift; exec "$@"'
        up = "import fcntl,socket,struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sH14s', b'lo', 1, b''))"
        os.environ["GUARD_AGENTS_ALONE"] = "1"
        os.execvp("unshare", [*unshare, "sh", "-c", script, "sh", up, sys.executable, *sys.argv])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clients", nargs="*", metavar="CLIENT", help=" ".join(clients.NAMES))
    parser.add_argument("--guard", default=f"{HERE}/../../target/debug/guard")
    parser.add_argument("--way", choices=["run", "hook", "both"], default="both")
    given = parser.parse_args()
    names = given.clients or clients.NAMES
    if not os.environ.get("GUARD_AGENTS_ALONE"):
        skipped = {name: why for name in ["node22", *names] if (why := clients.install(name))}
        os.environ["GUARD_AGENTS_SKIPPED"] = "\n".join(f"{name}: {why.splitlines()[-1]}" for name, why in skipped.items())
    alone()
    skipped = dict(line.split(": ", 1) for line in os.environ.get("GUARD_AGENTS_SKIPPED", "").splitlines() if line)
    guard = os.path.realpath(given.guard)
    failed = 0
    for name in names:
        if why := skipped.get(name) or skipped.get("node22"):
            print(f"skipped {name}: it cannot be installed: {why}")
            continue
        ways = ["run", "hook"] if given.way == "both" else [given.way]
        try:
            plain = without_guard(name)
        except RuntimeError as error:
            print(f"skipped {name}: {error}")
            continue
        for way in ways:
            if way == "hook" and name not in clients.HOOKED:
                print(f"skipped {name} by hook: it has none")
                continue
            begun = time.time()
            bad = check(name, way, guard, plain)
            failed += bool(bad)
            print(f"{'FAILED ' if bad else 'passed '} {name} by {way} ({time.time() - begun:.0f} s)", flush=True)
            for complaint in bad:
                print(f"    {complaint}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
