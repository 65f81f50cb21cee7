"""What README.md and the pages promise, in a form that a script can run.

    python3 .ci/readme.py command NAME      print the README's command marked NAME
    python3 .ci/readme.py snippets PATH...  run the Python blocks of Markdown pages

A command is a fenced ``bash`` block of one line that follows the comment
``<!-- command: NAME -->``. The Python blocks of a page run in order as one program, in
a fresh interpreter and an empty folder, with warnings as errors. Fenced ``text`` blocks
that follow the comment ``<!-- output -->`` are what the program prints, all of it, with
numbers to two hundredths: processors differ in the last bits, and training makes more
of them. A folder stands for all pages in it that have Python blocks.
"""

import math
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = re.compile(r"<!-- command: (\w+) -->\n+```bash\n(.*?)```", re.DOTALL)
PYTHON_BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
OUTPUT = re.compile(r"<!-- output -->\n+```text\n(.*?)^```", re.DOTALL | re.MULTILINE)
TOLERANCE = 0.02


def commands(text):
    """Return the marked shell commands of a Markdown text, by name."""
    return {name: block.strip() for name, block in COMMAND.findall(text)}


def program(text):
    """Return the Python blocks of a Markdown text as one program.

    Blank lines stand for the text between the blocks, so that a traceback shows the
    line numbers of the page.
    """
    lines = []
    for block in PYTHON_BLOCK.finditer(text):
        before = text.count("\n", 0, block.start(1))
        lines += [""] * (before - len(lines)) + block[1].splitlines()
    return "\n".join(lines) + "\n"


def same_output(shown, printed):
    """Tell whether two texts have the same words, and numbers that are close."""
    shown, printed = shown.split(), printed.split()
    return len(shown) == len(printed) and all(map(_same_word, shown, printed))


def _same_word(one, other):
    try:
        return math.isclose(float(one), float(other), rel_tol=0, abs_tol=TOLERANCE)
    except ValueError:
        return one == other


def pages(path):
    """Return `path`, or if it is a folder its pages that have Python blocks."""
    if not path.is_dir():
        return [path]
    found = sorted(path.rglob("*.md"))
    return [page for page in found if PYTHON_BLOCK.search(page.read_text("utf-8"))]


def run_snippets(path):
    """Run the Python blocks of the page `path`; raise if they fail."""
    text = path.read_text(encoding="utf-8")
    code, shown = program(text), "\n".join(OUTPUT.findall(text))
    if not code.strip():
        raise SystemExit(f"{path} has no Python block")
    print(f"{path}:", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        # Not the bare name, by which the page would be imported in place of a library.
        script = Path(folder) / f"page_{path.stem}.py"
        script.write_text(code, encoding="utf-8")
        command = [sys.executable, "-W", "error", script]
        done = subprocess.run(
            command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True
        )
    print(done.stdout, flush=True)
    if shown and not same_output(shown, done.stdout):
        raise SystemExit(f"{path} shows other output:\n{shown}")


def main(action, *arguments):
    if action == "command":
        (name,) = arguments
        print(commands((ROOT / "README.md").read_text(encoding="utf-8"))[name])
    elif action == "snippets":
        for argument in arguments:
            for page in pages(Path(argument)):
                run_snippets(page)
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
