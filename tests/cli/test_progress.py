"""Progress shows on a terminal and nowhere else."""

from tests.cli.conftest import Run


def test_silent_when_piped_or_quiet(run: Run, run_on_terminal: Run) -> None:
    piped = run("vm", "reboot", "x")
    assert (piped.out, piped.err) == ("done\n", "")
    assert run_on_terminal("vm", "reboot", "x", "--quiet").out == "done\n"
    assert run_on_terminal("-q", "vm", "reboot", "x").out == "done\n"


def test_shown_on_a_terminal_with_text_taken_as_it_is(run_on_terminal: Run) -> None:
    shown = run_on_terminal("vm", "reboot", "x").out
    assert "Rebooting" in shown and "[bold]x" in shown
    assert shown.endswith("done\n")
