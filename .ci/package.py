"""Build the distribution, and use it where there is no checkout.

    python3 .ci/package.py FOLDER

Builds the source archive and, from that, the wheel; looks into both; installs the wheel
without extras in an environment of its own in FOLDER, fits a network there and starts
the command line; and asks pip whether all extras can be had together. The same with
every other supported Python that the machine has.
"""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUPPORTED = ("3.11", "3.12", "3.13", "3.14")

# What the source archive must hold, among other things.
SHIPPED = [
    "CHANGELOG.md",
    "CITATION.cff",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "pyproject.toml",
    "docs/index.md",
    "sparsekit/py.typed",
    "tests/conftest.py",
]

# Nothing of the checkout may be found: the program runs in an empty folder.
SMOKE = """
import sys
import numpy as np
import sparsekit
from sparsekit import MCARMasker, SETMLPClassifier
from sparsekit.out_of_core import fit_in_chunks

assert sys.prefix in sparsekit.__file__, sparsekit.__file__
rng = np.random.default_rng(0)
X = rng.normal(size=(200, 4))
y = (X[:, 0] > 0).astype(int)
X = MCARMasker(0.1, random_state=0).fit_transform(X)
net = SETMLPClassifier((20,), sparsity=0.5, batch_size=20, random_state=0)
fit_in_chunks(net, X, y, epochs=20, chunk_rows=100, random_state=0)
assert net.score(X, y) > 0.8
print(sys.version.split()[0], sparsekit.__version__, round(net.score(X, y), 2))
"""


def run(*command, cwd):
    # Not the whole of a program that is given with -c.
    print("$", *(part.strip().splitlines()[0] for part in command), flush=True)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    subprocess.run(command, cwd=cwd, env=environment, check=True)


def environment_in(folder, python):
    """Make an environment; return its programs."""
    run(python, "-m", "venv", str(folder), cwd=ROOT)
    return folder / "bin"


def build(scratch):
    """Return the source archive and the wheel that is built from it."""
    programs = environment_in(scratch / "build", sys.executable)
    run(str(programs / "pip"), "install", "--quiet", "build", cwd=ROOT)
    dist = scratch / "dist"
    run(str(programs / "python"), "-m", "build", "--outdir", str(dist), ".", cwd=ROOT)
    (source,), (wheel,) = dist.glob("*.tar.gz"), dist.glob("*.whl")
    return source, wheel


def look_into(source, wheel):
    """Fail if a file is missing, or one is there that nobody needs."""
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for name in SHIPPED:
        assert name in names, f"{source.name} has no {name}"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = (n for n in names if n.endswith(".dist-info/METADATA"))
        description = archive.read(metadata).decode()
    assert "sparsekit/py.typed" in names, f"{wheel.name} has no py.typed"
    assert "## License" in description, f"{wheel.name} has no description"
    nowhere = re.findall(r"\]\((?![a-z]+:|#).*?\)", description)
    assert not nowhere, f"{wheel.name} has links that lead nowhere: {nowhere}"
    assert "<!--" not in description, f"{wheel.name} shows comments of the README"
    licences = [name for name in names if name.endswith("licenses/LICENSE")]
    assert licences, f"{wheel.name} has no licence"
    folders = {name.partition("/")[0] for name in names}
    assert {folder.partition("-")[0] for folder in folders} == {
        "sparsekit",
        "sparsekit_learn",
    }, folders


def pythons():
    """Yield the supported Pythons that the machine has, the running one first."""
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    yield running, sys.executable
    shims = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for version in SUPPORTED:
        found = sorted(shims.glob(f"{version}.*/bin/python{version}"))
        python = str(found[-1]) if found else shutil.which(f"python{version}")
        if version != running and python and _starts(python):
            yield version, python


def _starts(python):
    # A shim of pyenv may stand for a version that is not the chosen one.
    done = subprocess.run([python, "-c", "import venv"], capture_output=True)
    return done.returncode == 0


def main(folder):
    scratch = Path(folder).resolve()
    source, wheel = build(scratch)
    look_into(source, wheel)
    for version, python in pythons():
        programs = environment_in(scratch / version, python)
        run(str(programs / "pip"), "install", "--quiet", str(wheel), cwd=scratch)
        with tempfile.TemporaryDirectory() as empty:
            run(str(programs / "python"), "-W", "error", "-c", SMOKE, cwd=empty)
            run(str(programs / "sparsekit"), "study", "--help", cwd=empty)
        extras = f"sparsekit-learn[all] @ {wheel.as_uri()}"
        run(
            *(str(programs / "pip"), "install", "--quiet", "--dry-run"),
            *("--find-links", str(wheel.parent), extras),
            cwd=scratch,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
