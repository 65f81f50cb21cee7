"""Look whether what docs/comparison.md says of other libraries is so.

`python -m benchmarks.peers.comparison` from a checkout, about a minute. Each statement
is printed with what was found: yes, no, or why it could not be checked. Libraries that
are not installed are skipped: `pip install sparselab nerva-torch rigl-torch torchvision
skorch pyampute mdatagen "setuptools<82" missingno "cleanlab[datalab]" river`. Nothing
is timed. The exit status is 1 if a statement does not hold.
"""

import argparse

from benchmarks.peers import (  # noqa: F401  (they register what they say)
    amputation,
    models_and_labels,
    sparselab_layers,
    torch_layers,
)
from benchmarks.peers.statements import PEERS, STATEMENTS, versions_of


def report(peer):
    """Print a library's versions and statements; return whether one is wrong."""
    versions = versions_of(peer)
    if versions is None:
        print(f"\n{peer}: not installed ({', '.join(PEERS[peer])})")
        return False
    print(f"\n{peer}: {', '.join(versions)}")
    answers = []
    for statement in STATEMENTS:
        if statement.peer == peer:
            answer, found = statement.look()
            answers.append(answer)
            print(f"  {answer:4} {statement.text}: {found}", flush=True)
    return "no" in answers


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.peers.comparison",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument(
        "--only", nargs="+", choices=list(PEERS), default=list(PEERS), help="libraries"
    )
    options = parser.parse_args(arguments)
    return int(any([report(peer) for peer in options.only]))


if __name__ == "__main__":
    raise SystemExit(main())
