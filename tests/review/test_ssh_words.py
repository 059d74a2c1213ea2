"""What a person puts after ``jiyun vm ssh MACHINE --`` is a command in the guest, never an option of ssh."""

import subprocess
from pathlib import Path

import pytest

from provisioners.ssh import interactive_argv
from tests.provisioners.test_ssh import MACHINE


@pytest.mark.parametrize("word", ["-oProxyCommand=evil", "-oStrictHostKeyChecking=no", "-v"])
def test_words_are_no_options(tmp_path: Path, word: str) -> None:
    program, *rest = interactive_argv(MACHINE, tmp_path / "key", tmp_path / "known")

    def settings(*words: str) -> str:
        return subprocess.run([program, "-G", *rest, *words], capture_output=True, text=True, check=True).stdout

    assert "stricthostkeychecking true" in settings(word)
    assert settings(word) == settings()
