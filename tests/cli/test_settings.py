"""Where settings come from, and which has the last word."""

import getpass
import json
import os
from pathlib import Path

import pytest

from jiyun.errors import JiyunError
from jiyun.settings import load, mask, may_have_file
from tests.cli.conftest import Run


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_flag_then_environment_then_files_then_default(tmp_path: Path) -> None:
    home = tmp_path / "home"
    system = write(tmp_path / "etc.yaml", f"home: {home}\nas: etc\ndatabase: sqlite:///etc.db\n")
    own = write(home / "config.yaml", "as: own\nlang: zh\n")
    everything = {"JIYUN_AS": "environment", "LANG": "en_US.UTF-8"}
    by_flag = load({"as": "flag"}, everything, str(system))
    assert (by_flag.actor, by_flag.home, by_flag.database, by_flag.lang) == ("flag", home, "sqlite:///etc.db", "zh")
    assert load({}, everything, str(system)).actor == "environment"
    assert load({}, {}, str(system)).actor == "own"
    assert load({}, {}, str(system)).files == (system, own)
    own.unlink()
    assert load({}, {}, str(system)).actor == "etc"
    plain = load({}, {"JIYUN_HOME": str(home)}, str(tmp_path / "none"))
    assert (plain.database, plain.files, plain.lang) == (f"sqlite:///{home}/jiyun.db", (), "en")
    assert plain.actor == getpass.getuser() or plain.actor.startswith("uid-")


def test_the_default_home(tmp_path: Path) -> None:
    home = load({}, {"XDG_DATA_HOME": str(tmp_path)}, "/nonexistent").home
    assert home == (Path("/var/lib/jiyun") if os.geteuid() == 0 else tmp_path / "jiyun")


def test_an_empty_environment_variable_counts_as_absent(tmp_path: Path) -> None:
    found = load({}, {"JIYUN_HOME": str(tmp_path), "JIYUN_DATABASE": ""}, "/nonexistent")
    assert found.database == f"sqlite:///{tmp_path}/jiyun.db"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("as: a\ndatabse: x\n", "settings.unknown-key", 2),
        ("home: /elsewhere\n", "settings.unknown-key", 1),
        ("as: a\n\nas: b\n", "settings.repeated-key", 3),
        ("as: [a, b]\n", "settings.bad-value", 1),
        ("as:\n", "settings.bad-value", 1),
        ("lang: fr\n", "settings.bad-value", 1),
        ("- a\n", "settings.not-yaml", 1),
        ("as: a\nb: [\n", "settings.not-yaml", 3),
    ],
)
def test_a_fault_in_a_file_names_file_and_line(tmp_path: Path, text: str, code: str, line: int) -> None:
    file = write(tmp_path / "config.yaml", text)
    with pytest.raises(JiyunError) as caught:
        load({"home": str(tmp_path)}, {}, "/nonexistent")
    assert caught.value.code == code
    assert f"{file}, line {line}:" in caught.value.message()


def test_unreadable_files(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").mkdir()
    with pytest.raises(JiyunError, match="cannot be read"):
        load({"home": str(tmp_path)}, {}, "/nonexistent")
    (tmp_path / "config.yaml").rmdir()
    (tmp_path / "config.yaml").write_bytes(b"as: \xff\n")
    with pytest.raises(JiyunError, match="UTF-8"):
        load({"home": str(tmp_path)}, {}, "/nonexistent")


def test_a_password_is_never_shown() -> None:
    shown = {
        "postgresql://u:secret@h:5432/d": "postgresql://u:***@h:5432/d",
        "postgresql://u:se/cr@et@h/d": "postgresql://u:***@h/d",
        "postgresql://u@h/d?password=secret&x=1": "postgresql://u@h/d?password=***&x=1",
        "postgresql://u@h/d": "postgresql://u@h/d",
        "sqlite:////var/lib/jiyun/jiyun.db": "sqlite:////var/lib/jiyun/jiyun.db",
    }
    assert {url: mask(url) for url in shown} == shown
    settings = load({"database": "postgresql://u:secret@h/d"}, {}, "/nonexistent")
    assert settings.database == "postgresql://u:secret@h/d"
    assert "secret" not in repr(settings) + settings.shown_database()


def test_whether_a_file_may_exist(tmp_path: Path) -> None:
    assert not may_have_file(str(tmp_path), {}, "/nonexistent")
    assert may_have_file("~/x", {}, "/nonexistent")
    write(tmp_path / "config.yaml", "lang: zh\n")
    assert may_have_file(None, {"JIYUN_HOME": str(tmp_path)}, "/nonexistent")


def test_through_the_command(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "jiyun" / "config.yaml", "as: from-file\nlang: zh\n")
    found = json.loads(run("vm", "ssh", "-o", "json", "--database", "postgresql://a:b@c/d").out)
    assert found["as"] == "from-file" and found["lang"] == "zh"
    assert found["database"] == "postgresql://a:***@c/d"
    assert json.loads(run("--as", "me", "vm", "ssh", "-o", "json", JIYUN_AS="env").out)["as"] == "me"


def test_the_language(run: Run, tmp_path: Path) -> None:
    assert run("--help").out.startswith("Usage:")
    assert run("--help", LANG="zh_CN.UTF-8").out.startswith("用法：")
    assert run("--help", LANG="zh_CN.UTF-8", JIYUN_LANG="en").out.startswith("Usage:")
    assert run("vm", "list", "--lang=zh", "--help", JIYUN_LANG="en").out.startswith("用法：jiyun vm list")
    assert run("vm", "list", "--lang", "zh").out.startswith("名称")
    write(tmp_path / "jiyun" / "config.yaml", "lang: zh\n")
    assert run("--help").out.startswith("用法：")
    assert run("--help", "--lang", "en").out.startswith("Usage:")


def test_a_faulty_file_stops_a_command_but_not_the_help(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "jiyun" / "config.yaml", "lnag: zh\n")
    assert run("--help").status == 0
    ended = run("vm", "list")
    assert ended.status == 2
    assert "line 1: there is no setting 'lnag' here; permitted are database, as, lang." in ended.err
