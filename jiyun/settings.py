"""Where the program finds its store and files, and who is acting: by flag, environment, file, then default.

A settings file is YAML with the keys ``database``, ``home``, ``as`` and ``lang``.  ``/etc/jiyun/config.yaml`` is read first,
``HOME/config.yaml`` has the last word (there ``home`` means nothing and is refused).

The first help page asks here for the language, so nothing is imported that only a settings file needs; ``Settings`` is a
named tuple because making a dataclass costs eight times as much at start-up (1.2 ms of CPU, measured).
"""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from jiyun.errors import Exit, kind
from jiyun.language import LANGUAGES, choose

if TYPE_CHECKING:
    from pathlib import Path

    from yaml.nodes import Node

SYSTEM_FILE = "/etc/jiyun/config.yaml"
FILE_NAME = "config.yaml"
VARIABLES = {"database": "JIYUN_DATABASE", "home": "JIYUN_HOME", "as": "JIYUN_AS", "lang": "JIYUN_LANG"}

UNREADABLE = kind(
    "settings.unreadable",
    Exit.USAGE,
    en="The settings file {file} cannot be read: {reason}. Correct that, or choose another folder with --home.",
    zh="无法读取设置文件 {file}：{reason}。请修正，或用 --home 指定其他目录。",
)
NOT_YAML = kind(
    "settings.not-yaml",
    Exit.USAGE,
    en="{file}, line {line}: this is not a list of settings; write one `key: value` a line.",
    zh="{file} 第 {line} 行：不是设置项；请每行写一个 `键: 值`。",
)
UNKNOWN_KEY = kind(
    "settings.unknown-key",
    Exit.USAGE,
    en="{file}, line {line}: there is no setting {key!r} here; permitted are {permitted}.",
    zh="{file} 第 {line} 行：此处没有设置项 {key!r}；可用的有 {permitted}。",
)
REPEATED_KEY = kind(
    "settings.repeated-key",
    Exit.USAGE,
    en="{file}, line {line}: the setting {key!r} is given twice; keep one.",
    zh="{file} 第 {line} 行：设置项 {key!r} 重复；请只保留一个。",
)
BAD_VALUE = kind(
    "settings.bad-value",
    Exit.USAGE,
    en="{file}, line {line}: {key} must be {permitted}.",
    zh="{file} 第 {line} 行：{key} 必须是 {permitted}。",
)


class Settings(NamedTuple):
    """What one run works with.  ``database`` may hold a password: print :meth:`shown_database` only."""

    database: str
    home: "Path"
    actor: str
    lang: str
    files: "tuple[Path, ...]"  # the settings files that were read, the last one has the last word

    def __repr__(self) -> str:
        return f"Settings({self.shown_database()}, home={self.home}, actor={self.actor}, lang={self.lang})"

    def shown_database(self) -> str:
        """The database address fit for printing, its password replaced by ``***``."""
        return mask(self.database)


def mask(url: str) -> str:
    """``url`` without its password, whether that stands before the host or among the parameters.

    An unescaped ``@`` or ``/`` inside the password is masked too, so the last ``@`` ends it.
    """
    import re

    url = re.sub(r"(?i)\b((?:ssl)?password=)(?:'[^']*'|[^&\s]*)", r"\1***", url)
    scheme, separator, rest = url.partition("://")
    login, at, host = rest.rpartition("@")
    user, colon, _ = login.partition(":")
    return f"{scheme}{separator}{user}:***{at}{host}" if separator and at and colon else url


def may_have_file(home: str | None, environment: Mapping[str, str] = os.environ, system_file: str = SYSTEM_FILE) -> bool:
    """Whether a settings file may exist; False spares the caller :func:`load` where only the language is wanted."""
    text = home or environment.get(VARIABLES["home"]) or _default_home(environment)
    return text.startswith("~") or any(os.access(file, os.F_OK) for file in (system_file, f"{text}/{FILE_NAME}"))


def load(
    flags: Mapping[str, str | None], environment: Mapping[str, str] = os.environ, system_file: str = SYSTEM_FILE
) -> Settings:
    """The settings of this run; ``flags`` has the keys of :data:`VARIABLES`.  A fault in a file raises one of the kinds above."""
    from pathlib import Path

    given = {key: flags.get(key) or environment.get(name) or None for key, name in VARIABLES.items()}
    first_file = Path(system_file)
    system = read_file(first_file, tuple(VARIABLES))
    home = Path(given["home"] or (system or {}).get("home") or _default_home(environment)).expanduser().absolute()
    own_file = home / FILE_NAME
    own = read_file(own_file, tuple(key for key in VARIABLES if key != "home"))
    value = (system or {}) | (own or {}) | {key: text for key, text in given.items() if text}
    return Settings(
        database=value.get("database") or f"sqlite:///{home / 'jiyun.db'}",
        home=home,
        actor=value.get("as") or operating_system_user(),
        lang=choose(value.get("lang"), environment),
        files=tuple(file for file, found in ((first_file, system), (own_file, own)) if found is not None),
    )


def read_file(file: "Path", permitted: tuple[str, ...]) -> dict[str, str] | None:
    """The settings in ``file``, or None where there is no such file; only then is YAML not imported."""
    try:
        text = file.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError:
        raise UNREADABLE(file=file, reason="UTF-8") from None
    except OSError as error:
        raise UNREADABLE(file=file, reason=error.strerror or str(error)) from None
    import yaml

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise NOT_YAML(file=file, line=mark.line + 1 if mark else 1) from None
    return {} if root is None else _pairs(file, root, permitted)


def _pairs(file: "Path", root: "Node", permitted: tuple[str, ...]) -> dict[str, str]:
    from yaml.nodes import MappingNode, ScalarNode

    if not isinstance(root, MappingNode):
        raise NOT_YAML(file=file, line=root.start_mark.line + 1)
    found: dict[str, str] = {}
    for key_node, value_node in root.value:
        line = key_node.start_mark.line + 1
        key = key_node.value if isinstance(key_node, ScalarNode) else "?"
        if key not in permitted:
            raise UNKNOWN_KEY(file=file, line=line, key=key, permitted=", ".join(permitted))
        if key in found:
            raise REPEATED_KEY(file=file, line=line, key=key)
        if not isinstance(value_node, ScalarNode) or not value_node.value.strip():
            raise BAD_VALUE(file=file, line=line, key=key, permitted="text")
        if key == "lang" and value_node.value not in LANGUAGES:
            raise BAD_VALUE(file=file, line=line, key=key, permitted=" | ".join(LANGUAGES))
        found[key] = value_node.value.strip()
    return found


def _default_home(environment: Mapping[str, str]) -> str:
    """``/var/lib/jiyun`` for root, else the user's data directory; begins with ``~`` where that is not known yet."""
    if os.geteuid() == 0:
        return "/var/lib/jiyun"
    data = environment.get("XDG_DATA_HOME", "")
    return (data if data.startswith("/") else f"{environment.get('HOME') or '~'}/.local/share") + "/jiyun"


def operating_system_user() -> str:
    """The login name of the process; environment variables such as LOGNAME are not believed."""
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"uid-{os.geteuid()}"
