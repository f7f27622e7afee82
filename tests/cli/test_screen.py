"""What is printed fits the terminal, and a pipe gets lines that can be searched and may end before all is read."""

import shlex
import subprocess
import sys

import pytest
from rich.cells import cell_len

READ = ["run", "pay", "measures", "measure nps --by customer --per all", "journey", "value",
        "value --calibration", "equity", "equity --by owner", "risk --by owner", "record", "record deals", "quarantine",
        "collect --dry-run", "plan show account-executive"]  # fmt: skip


@pytest.mark.parametrize("command", READ)
def test_what_is_shown_fits_a_narrow_terminal(command, keepwell, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    _, out, _ = keepwell(*shlex.split(command))
    assert max(map(cell_len, out.splitlines())) <= 60
    assert all(line == line.rstrip() for line in out.splitlines())


@pytest.mark.parametrize("width", [60, 80, 140])
def test_the_picture_of_equity_says_what_each_step_means_at_every_width(keepwell, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    _, out, _ = keepwell("equity")
    assert "lifetime value" in out
    for words in ("Estimated anew", "no customer then", "90% interval"):
        assert words in " ".join(out.split())


def test_a_reader_that_has_read_enough_is_no_error(acme):
    code = "import sys; from keepwell.cli import main; sys.exit(main(sys.argv[1:]))"
    with subprocess.Popen([sys.executable, "-c", code, "plan", "schema", "-C", str(acme)],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


def test_what_the_machine_refuses_is_no_defect(keepwell, tmp_path):
    (tmp_path / "file").write_text("x")
    status, _, err = keepwell("report", "--to", str(tmp_path / "file" / "report.html"))
    assert status == 4
    assert "[file-failed]" in err
    assert "defect" not in err


def test_books_that_cannot_be_opened_are_no_defect(acme, keepwell, tmp_path):
    for name in ("sources", "exports", "plans"):
        (tmp_path / name).symlink_to(acme / name)
    (tmp_path / ".keepwell").mkdir()
    for name in ("record", "runs"):
        (tmp_path / ".keepwell" / name).symlink_to(acme / ".keepwell" / name)
    (tmp_path / "keepwell.yaml").write_text((acme / "keepwell.yaml").read_text())
    (tmp_path / ".keepwell" / "books.sqlite").mkdir()
    status, _, err = keepwell("audit", where=tmp_path)
    assert status == 4
    assert "[books-broken]" in err
