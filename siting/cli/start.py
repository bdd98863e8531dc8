"""The door of the command: who interrupts it before it is read sees no traceback.

And who interrupts it after it has ended, while Python clears up, does not change how it ended.
"""

from __future__ import annotations


def run() -> None:
    """Run the command line and leave with its exit code; see `siting.cli.main.run`."""
    try:
        import os

        from siting.memory import FRUGAL

        # Of this process alone, before it loads what asks for them; who states others keeps them.
        for name, value in FRUGAL.items():
            os.environ.setdefault(name, value)
        from siting.cli.main import run as whole
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    try:
        whole()
    finally:
        import signal

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    run()
