"""A process to supervise: notes its start and its stop, serves one port, can misbehave on request."""

import argparse
import os
import signal
import socket
import subprocess
import sys


def note(path: str, text: str) -> None:
    with open(path, "a", encoding="utf-8") as file:
        file.write(f"{text}\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("notes")
    parser.add_argument("--port", type=int)
    parser.add_argument("--exit", type=int)
    parser.add_argument("--stubborn", action="store_true")
    parser.add_argument("--with-child", action="store_true")
    wanted = parser.parse_args()
    note(wanted.notes, f"+{wanted.name}")
    if wanted.exit is not None:
        sys.exit(wanted.exit)
    if wanted.with_child:
        child = subprocess.Popen(["sleep", "300"])
        note(wanted.notes, f"child {child.pid}")

    def leave(*_: object) -> None:
        note(wanted.notes, f"-{wanted.name}")
        os._exit(0)

    signal.signal(signal.SIGTERM, signal.SIG_IGN if wanted.stubborn else leave)
    with socket.create_server(("127.0.0.1", wanted.port)) as server:
        while True:
            server.accept()[0].close()


if __name__ == "__main__":
    main()
