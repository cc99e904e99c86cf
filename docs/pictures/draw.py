#!/usr/bin/env python3
"""Draws the pictures of the README from what guard really shows.

    docs/pictures/draw.py [target/debug/guard]

Each scene is a project in a file system of its own at /home/me (a mount that nobody else sees, which needs unprivileged user
namespaces), in which guard is asked on a pseudo-terminal of 80 columns. The answer is no. What was drawn becomes an SVG beside this file.
"""

import fcntl
import html
import os
import pathlib
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time

HERE = pathlib.Path(__file__).resolve().parent
ROWS, COLUMNS = 40, 80

SCENES = {
    "delete": "rm -rf src notes",
    "reset": "git fetch && git reset --hard origin/main",
    "production": "psql -h db.prod.example shop -c 'DROP TABLE orders'",
}


def project():
    """A repository with a commit that is not pushed, a change, and notes that nobody keeps."""
    app = pathlib.Path("/home/me/app")
    (app / "src").mkdir(parents=True)
    (app / "notes").mkdir()
    for name, text in [("README", "read me\n"), ("src/main.rs", "fn main() {}\n"), ("src/lib.rs", "\n")]:
        (app / name).write_text(text)
    environment = {"HOME": "/home/me", "PATH": "/usr/bin:/bin"}
    for who in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{who}_NAME": "me", f"GIT_{who}_EMAIL": "me@example.com"}
        environment[f"GIT_{who}_DATE"] = "2026-01-01T12:00:00Z"

    def git(*words):
        subprocess.run(["git", *words], cwd=app, env=environment, check=True)

    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-q", "-m", "Begin")
    git("update-ref", "refs/remotes/origin/main", "HEAD")
    (app / "src/lib.rs").write_text("pub fn answer() -> u8 { 42 }\n")
    git("commit", "-q", "-a", "-m", "Answer the question")
    (app / "src/main.rs").write_text('fn main() { println!("{}", 42) }\n')
    (app / "notes/today").write_text("what I found out\n" * 40)
    (app / "notes/tomorrow").write_text("what I will do\n" * 80)
    return app


def shown(guard, text, folder):
    """What guard draws when it is asked whether `text` may run."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    if os.fork() == 0:
        # An orphan: an answer on a terminal that its own starter holds would not count.
        starter = os.getpid()
        if os.fork() > 0:
            os._exit(0)
        while os.getppid() == starter:
            time.sleep(0.01)
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for descriptor in range(3):
            os.dup2(slave, descriptor)
        os.closerange(3, 64)
        os.chdir(folder)
        environment = {"HOME": "/home/me", "PATH": "/usr/bin:/bin", "TERM": "xterm", "LANG": "C.UTF-8"}
        os.execve(guard, [guard, "-c", text], environment)
    os.wait()
    os.close(slave)
    drawn, answered, end = b"", False, time.monotonic() + 20
    while time.monotonic() < end:
        if select.select([master], [], [], 0.1)[0]:
            try:
                drawn += os.read(master, 65536)
            except OSError:
                break
        elif b"Run it?" in drawn and not answered:
            picture = drawn.decode()
            if termios.tcgetattr(master)[3] & termios.ICANON:
                os.write(master, b"n\n")
                answered = True
    return picture.replace("\r\n", "\n").strip("\n")


def svg(command, picture):
    """The text with its colours as an SVG for light and dark pages."""
    lines = [f"\x1b[2m$\x1b[0m {command}", ""] + picture.split("\n")
    height, width, step = 20 * len(lines) + 32, 8.4 * COLUMNS + 32, 20
    rows = []
    for number, line in enumerate(lines):
        spans, style = [], set()
        for part in re.split(r"(\x1b\[[0-9;]*m)", line):
            if part.startswith("\x1b["):
                for code in part[2:-1].split(";"):
                    style = set() if code in ("", "0") else style | {{"1": "b", "2": "f", "31": "r"}.get(code, "")}
            elif part:
                spans.append(f'<tspan class="{" ".join(sorted(style - {""}))}">{html.escape(part)}</tspan>')
        rows.append(f'<text x="16" y="{28 + step * number}" xml:space="preserve">{"".join(spans)}</text>')
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height}" width="{width:g}" height="{height}">
<style>
rect {{ fill: #f6f8fa }} text {{ white-space: pre; font: 14px ui-monospace, Menlo, Consolas, monospace; fill: #1f2328 }}
.b {{ font-weight: bold }} .f {{ fill: #656d76 }} .r {{ fill: #cf222e }}
@media (prefers-color-scheme: dark) {{
rect {{ fill: #161b22 }} text {{ fill: #e6edf3 }} .f {{ fill: #8b949e }} .r {{ fill: #ff7b72 }}
}}
</style>
<rect width="100%" height="100%" rx="8"/>
{chr(10).join(rows)}
</svg>
"""


def main():
    guard = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "target/debug/guard").resolve()
    if os.environ.get("GUARD_PICTURES") != "inside":
        os.environ["GUARD_PICTURES"] = "inside"
        unshare = ["unshare", "--user", "--map-root-user", "--mount", sys.executable, __file__, str(guard)]
        os.execvp("unshare", unshare)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/home"], check=True)
    folder = project()
    for name, command in SCENES.items():
        (HERE / f"{name}.svg").write_text(svg(command, shown(str(guard), command, folder)))
        print(f"{name}.svg")


main()
