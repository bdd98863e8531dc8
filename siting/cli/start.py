"""The door of the command: who interrupts it before it is read at all sees no traceback."""

from __future__ import annotations


def run() -> None:
    """Run the command line and leave with its exit code; see `siting.cli.main.run`."""
    try:
        from siting.cli.main import run as whole
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    whole()


if __name__ == "__main__":
    run()
