"""From a bare checkout to a `.venv` that works, whatever state an earlier try left behind."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house.source import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that needs no library, so that nothing is fetched."""
    shutil.copytree(ROOT / "bin", tmp_path / "bin")
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    (tmp_path / "requirements-dev.txt").write_text("# nothing more\n")
    return tmp_path


def install(checkout: Path, name: str = "requirements.txt") -> str:
    command = [sys.executable, "bin/install", name]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def works(checkout: Path) -> bool:
    python = checkout / ".venv" / "bin" / "python"
    return subprocess.run([python, "-c", "import pip"], check=False).returncode == 0


def test_it_installs_once_and_again_when_the_requirements_change(checkout: Path):
    assert "Making .venv" in install(checkout)
    assert works(checkout)
    assert install(checkout) == ""
    (checkout / "requirements.txt").write_text("# other\n")
    assert "Installing" in install(checkout)
    assert install(checkout) == ""


def test_what_tests_need_holds_what_the_product_needs(checkout: Path):
    install(checkout, "requirements-dev.txt")
    assert install(checkout, "requirements.txt") == ""


def cut_short(venv: Path) -> None:
    (venv / ".unfinished").touch()


def lose_python(venv: Path) -> None:
    (venv / "bin" / "python").unlink()


def have_no_pip(venv: Path) -> None:
    assert not list((venv / "lib").glob("python*/site-packages/pip"))


@pytest.mark.parametrize("spoil", [cut_short, lose_python, have_no_pip])
def test_what_is_half_there_is_made_anew(checkout: Path, spoil: Callable[[Path], None]):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", checkout / ".venv"], check=True)
    spoil(checkout / ".venv")
    assert "Making .venv" in install(checkout)
    assert works(checkout)


def test_an_installation_that_fails_says_what_to_do(checkout: Path):
    (checkout / "requirements.txt").write_text("./nowhere\n")
    command = [sys.executable, "bin/install", "requirements.txt"]
    failed = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert failed.returncode == 1
    assert "Type the same command again" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert (checkout / ".venv" / ".unfinished").exists()  # so the next one begins anew


def choose_python(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """bin/python on a machine whose only python3 is this script."""
    python = folder / "python3"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    environment = {**os.environ, "PATH": str(folder), "PYTHON": ""}
    return subprocess.run(["/bin/sh", ROOT / "bin" / "python"], env=environment, capture_output=True, text=True)


def test_a_python_that_is_too_old_is_named_with_what_to_install(tmp_path: Path):
    done = choose_python(tmp_path, 'case "$2" in *ensurepip*) exit 3 ;; esac; echo 3.9.2')
    assert done.returncode == 1
    assert "needs Python 3.11, 3.12 or 3.13. Found only: 3.9.2." in done.stderr
    assert "sudo apt install python3 python3-venv" in done.stderr


def test_a_python_without_venv_is_named_with_what_to_install(tmp_path: Path):
    done = choose_python(tmp_path, 'case "$2" in *ensurepip*) exit 1 ;; esac; echo 3.11')
    assert done.returncode == 1
    assert "Python 3.11 is here, but without its venv" in done.stderr
    assert "sudo apt install python3-venv" in done.stderr


def test_a_python_that_fits_is_taken(tmp_path: Path):
    done = choose_python(tmp_path, "echo /somewhere/python3.12")
    assert (done.returncode, done.stdout) == (0, "/somewhere/python3.12\n")
