"""The line that makes `keepwell` a command works in a shell, however Keepwell was started."""

import subprocess
import sys
from pathlib import Path

import pytest

import keepwell
from keepwell import __version__
from keepwell.cli.again import UV_RUN, Started, make_it_a_command

OURS = Path(keepwell.__file__).resolve().parents[1]


@pytest.fixture
def venv(tmp_path):
    """A folder of scripts with a console script, in a place whose name needs quotes."""
    scripts = tmp_path / "my venv" / "bin"
    scripts.mkdir(parents=True)
    script = scripts / "keepwell"
    script.write_text(f"#!/bin/sh\nPYTHONPATH='{OURS}' exec '{sys.executable}' -m keepwell \"$@\"\n")
    script.chmod(0o755)
    return scripts


def started(scripts, path="/usr/bin:/bin", **environment):
    return Started(Path(sys.executable), scripts, scripts.parent / "lib", OURS, {"PATH": path, **environment})


def version(line, path="/usr/bin:/bin"):
    """What `keepwell --version` says in a shell in which the line was typed."""
    script = f"shopt -s expand_aliases\n{line}\nkeepwell --version"
    done = subprocess.run(["bash", "-c", script], env={"PATH": path}, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_script_that_is_not_on_the_path_is_put_there(venv):
    line = make_it_a_command(started(venv))
    assert line == f"export PATH='{venv}':$PATH"
    assert version(line) == f"keepwell {__version__}"


def test_where_the_script_is_on_the_path_nothing_need_be_typed(venv, tmp_path):
    assert make_it_a_command(started(venv, path=f"{venv}:/usr/bin")) == ""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "keepwell").symlink_to(venv / "keepwell")
    assert make_it_a_command(started(venv, path=f"{tmp_path / 'bin'}:/usr/bin")) == ""


def test_uv_run_puts_it_on_the_path_of_its_child_only(venv):
    line = make_it_a_command(started(venv, path=f"{venv}:/usr/bin", **{UV_RUN: "1"}))
    assert version(line) == f"keepwell {__version__}"


def test_another_installation_on_the_path_is_not_this_one(venv, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "keepwell").write_text("#!/bin/sh\necho another\n")
    (other / "keepwell").chmod(0o755)
    line = make_it_a_command(started(venv, path=f"{other}:/usr/bin"))
    assert version(line, path=f"{other}:/usr/bin:/bin") == f"keepwell {__version__}"


def test_without_a_script_an_alias_stands_for_it(tmp_path):
    line = make_it_a_command(started(tmp_path / "bin"))
    assert line.startswith("alias keepwell=")
    assert version(line) == f"keepwell {__version__}"


def test_this_process_can_be_called_again():
    here = Started.here()
    assert here.ours == OURS
    assert here.python.is_file()
