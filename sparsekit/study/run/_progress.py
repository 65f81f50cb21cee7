"""Progress of a study: a bar if rich is installed, else lines of text."""

import time
from contextlib import contextmanager, nullcontext

# A line of text at most this often, in seconds.
SECONDS_BETWEEN_LINES = 5.0


def show_progress(total, stream, done=0):
    """Return a context manager that yields ``advance(n)``; no `stream`, no output.

    `done` of the `total` fits were there before, and say nothing about the time left.

    A bar redraws itself, which only a terminal can do: files and pipes get lines.
    """
    if stream is None:
        return nullcontext(lambda n: None)
    if not stream.isatty():
        return _lines(total, stream, done)
    try:
        from rich.console import Console
    except ImportError:
        return _lines(total, stream, done)
    return _bar(total, Console(file=stream), done)


@contextmanager
def _bar(total, console, done):
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("elapsed"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
    )
    with bar:
        fits = bar.add_task("fits", total=total, completed=done)
        yield lambda n: bar.advance(fits, n)


@contextmanager
def _lines(total, stream, done):
    start = last_line = time.monotonic()
    before = done

    def advance(n):
        nonlocal done, last_line
        done += n
        now = time.monotonic()
        if now - last_line < SECONDS_BETWEEN_LINES and done < total:
            return
        last_line = now
        elapsed = now - start
        left = elapsed * (total - done) / (done - before)
        stream.write(
            f"{done} of {total} fits, {elapsed:.0f} s, about {left:.0f} s left\n"
        )
        stream.flush()

    yield advance
