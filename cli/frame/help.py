"""Help pages.  Written here, not by the argument parser, so that they are right in both languages and quick.

Chinese has no spaces and is two columns wide, which the usual wrapping gets wrong.  The first page needs the catalogue
only; that is what lets ``jiyun --help`` answer without importing the argument parser at all.
"""

from collections.abc import Iterable, Sequence

from cli.frame.catalogue import GLOBAL_OPTIONS, ROOT_OPTIONS, SECTIONS
from cli.frame.text import pad, terminal_width, width, wrap
from jiyun.language import t

_WIDEST = 80
_WIDEST_NAME = 30


def page_width() -> int:
    """Columns of a help page: those of the terminal, at most 80, at least 40."""
    return max(40, min(_WIDEST, terminal_width() or _WIDEST))


def usage_line(rest: str) -> str:
    """The first line of every page; ``rest`` is the command with its arguments."""
    return t("Usage: ", "用法：") + rest


def paragraph(text: str, indent: int = 2) -> list[str]:
    """``text`` wrapped to the page, line breaks kept."""
    space = " " * indent
    return [(space + line).rstrip() for part in text.splitlines() for line in wrap(part, page_width() - indent) or [""]]


def listing(title: str, rows: Sequence[tuple[str, str]]) -> list[str]:
    """A titled list of names with their explanations in a column of their own; nothing where there are no rows."""
    if not rows:
        return []
    columns = min(max(width(name) for name, _ in rows), _WIDEST_NAME)
    lines = ["", title]
    for name, explanation in rows:
        explained = wrap(explanation, page_width() - columns - 4) or [""]
        if width(name) > columns:
            lines.append(f"  {name}")
        else:
            lines.append(f"  {pad(name, columns)}  {explained.pop(0)}".rstrip())
        lines += [" " * (columns + 4) + line for line in explained]
    return lines


def examples(lines: Iterable[str]) -> list[str]:
    """The block of examples: a long one goes on in a new line the way a shell takes it, so that it can be copied."""
    return ["", t("Examples:", "示例："), *(part for line in lines for part in _continued(line))]


def _continued(example: str) -> list[str]:
    """``example`` in lines that fit the page; it is broken before an option only, never inside quotes."""
    lines = ["  "]
    for number, part in enumerate(example.split(" --")):
        piece = f" --{part}" if number else part
        if number and width(lines[-1] + piece) > page_width() - 2:
            lines[-1] += " \\"
            lines.append("   ")
        lines[-1] += piece
    return lines


def global_rows() -> list[tuple[str, str]]:
    """The options that every command takes, as rows for :func:`listing`."""
    return [(f"{', '.join(o.spellings)} {o.metavar}".rstrip(), str(o.help)) for o in GLOBAL_OPTIONS]


def global_note() -> list[str]:
    """One short paragraph that names the global options, for the page of a single command."""
    names = "  ".join(o.spellings[0] for o in GLOBAL_OPTIONS)
    return [
        "",
        t("Also, on every command (see `jiyun --help`):", "所有命令均可使用（见 `jiyun --help`）："),
        f"  {names}  --help",
    ]


def root_page() -> str:
    """What ``jiyun --help`` prints."""
    lines = [usage_line(t("jiyun [OPTIONS] COMMAND [ARGS]...", "jiyun [选项] 命令 [参数]...")), ""]
    lines += paragraph(
        t(
            "Jiyun, the consolidated cloud: one resource pool for the departments of a city.",
            "集云：全市各部门共用的一个政务云资源池。",
        )
    )
    for section in SECTIONS:
        lines += listing(f"{section.title}{t(':', '：')}", [(entry.name, str(entry.help)) for entry in section.entries])
    lines += listing(t("Options:", "选项："), [*global_rows(), *((name, str(text)) for name, text in ROOT_OPTIONS)])
    lines += examples(
        (
            "jiyun order submit --help",
            "jiyun vm list -o json",
            "jiyun --lang zh quota show",
        )
    )
    return "\n".join(lines)
