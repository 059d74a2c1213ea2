"""How a run ends: exit status, and one clear sentence or one JSON object on standard error.  Never a traceback."""

import os
import re
import select
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import click

from cli.frame.output import OUTPUT_FAILED, flush, json_text
from cli.frame.text import escape
from cli.frame.usage import CODE, detail_of, hint_of, message_of
from jiyun.errors import INTERNAL, Exit, JiyunError, kind
from jiyun.language import t
from jiyun.settings import load, mask

INTERRUPTED = 130  # 128 + SIGINT, as shells report it
READER_GONE = 141  # 128 + SIGPIPE

NOT_INSTALLED = kind(
    "command.not-installed",
    Exit.OTHER,
    en="The command {command} is not part of this installation (there is no module {module}). Install Jiyun again.",
    zh="此安装中没有命令 {command}（缺少模块 {module}）。请重新安装集云。",
)
NEEDS_YES = kind(
    "usage.needs-yes",
    Exit.USAGE,
    en="{question} Nobody can answer here: standard input is not a terminal. Add --yes if you mean it.",
    zh="{question} 标准输入不是终端，无法确认；确定要执行请加 --yes。",
)
DECLINED = kind(
    "command.declined",
    Exit.OTHER,
    en="You did not confirm; nothing was changed.",
    zh="未确认；没有作任何改动。",
)


NOT_TEXT = kind(
    "usage.not-text",
    Exit.USAGE,
    en="An argument is not readable text: it holds bytes that are not UTF-8. Type it again.",
    zh="有一个参数不是可读文字：含有非 UTF-8 字节。请重新输入。",
)


class PipeBroken(Exception):
    """A pipe or connection broke; its cause is the :class:`BrokenPipeError`."""


def guarded(work: Callable[[], int], *, json_form: bool, home: str | None) -> int:
    """Run ``work`` and turn however it ends into an exit status.

    ``json_form`` writes errors as JSON; ``home`` is the flag's value, the trace of an unforeseen fault is kept there.
    """
    try:
        status = work()
        flush()
        return status
    except JiyunError as error:
        if error.kind is OUTPUT_FAILED:
            _discard_output()
        tell(error.code, error.message(), error.fields, json_form=json_form)
        return error.exit
    except click.exceptions.NoArgsIsHelpError as error:
        if json_form:
            tell(CODE, t("A command is missing.", "缺少命令。"), {}, json_form=True)
        else:
            print(error.format_message(), file=sys.stderr)
        return Exit.USAGE
    except click.ClickException as error:
        tell(CODE, message_of(error), detail_of(error), json_form=json_form, hint=hint_of(error))
        return Exit.USAGE
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last wall: whatever comes here was not foreseen
        return _unforeseen(error, json_form=json_form, home=home)


def _unforeseen(error: Exception, *, json_form: bool, home: str | None) -> int:
    cause = (error.__cause__ or error) if isinstance(error, PipeBroken) else error
    if isinstance(cause, BrokenPipeError) and _reader_gone():
        _discard_output()
        return READER_GONE
    if isinstance(cause, UnicodeEncodeError) and any("\ud800" <= letter <= "\udfff" for letter in cause.object):
        tell(NOT_TEXT.code, NOT_TEXT().message(), {}, json_form=json_form)
        return NOT_TEXT.exit
    problem = INTERNAL(what=_where(cause), log=_write_trace(cause, home))
    tell(problem.code, problem.message(), problem.fields, json_form=json_form)
    return problem.exit


def _reader_gone() -> bool:
    """Whether whoever read our standard output has left, as ``head`` does; else another connection broke."""
    poll = select.poll()
    try:
        poll.register(sys.stdout.fileno(), 0)
    except (OSError, ValueError):
        return False
    return any(event & select.POLLERR for _, event in poll.poll(0))


def _discard_output() -> None:
    """Send what is still buffered nowhere, so that the interpreter's own flush at the end stays silent."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def tell(code: str, message: str, detail: Mapping[str, object], *, json_form: bool, hint: str = "") -> None:
    """Write one error on standard error; where nobody reads that, the exit status alone has to do."""
    if json_form:
        import json

        plain = json.loads(json.dumps(dict(detail), default=str))
        text = json_text({"error": {"code": code, "message": message, "detail": plain}}, indent=None)
    else:
        text = t("Error: ", "错误：") + escape(message, keep="\n") + (f"\n{hint}" if hint else "")
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def _where(error: BaseException) -> str:
    """``KeyError at vm.py:31``: enough to tell two reports apart, no data of the user's."""
    import traceback  # only a failure needs it

    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + place


def _write_trace(error: BaseException, home: str | None) -> str:
    """Keep the trace in ``HOME/log``, or in the temporary directory where that cannot be written; readable by us alone."""
    import traceback

    text = re.sub(r"\S+://\S+", lambda found: mask(found.group()), "".join(traceback.format_exception(error)))
    name = time.strftime("failure-%Y%m%dT%H%M%SZ", time.gmtime()) + f"-{os.getpid()}.log"
    with suppress(OSError, JiyunError):
        directory = load({"home": home}).home / "log"
        directory.mkdir(mode=0o700, exist_ok=True)
        return _write_private(directory / name, text)
    import tempfile

    try:
        handle, path = tempfile.mkstemp(prefix="jiyun-", suffix=".log")  # made with mode 0600
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        return os.devnull
    return path


def _write_private(path: Path, text: str) -> str:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    return str(path)
