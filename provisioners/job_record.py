"""What is kept of a playbook run: ``events.jsonl`` as it happens and ``summary.json`` at the end.

Only named fields of Ansible's events are kept.  A module's full result may hold file contents, so it is left out.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from jiyun.language import t

_MESSAGE_LIMIT = 2000  # characters kept of one message
_RESULTS = ("runner_on_ok", "runner_on_failed", "runner_on_unreachable", "runner_on_skipped")
_BAD = ("runner_on_failed", "runner_on_unreachable")


@dataclass(frozen=True, slots=True)
class PlaybookResult:
    """Counts of Ansible's recap for the one host; ``failed_task`` and ``reason`` are empty on success."""

    succeeded: bool
    ok: int
    changed: int
    failed: int
    unreachable: int
    recap: str
    failed_task: str
    reason: str
    seconds: float


@dataclass(slots=True)
class JobRecord:
    """Takes the events of one run; a context manager.  ``reason`` may be set where the run was ended from outside."""

    directory: Path
    progress: Callable[[str], None]
    reason: str = ""
    _task: str = ""
    _failed_task: str = ""
    _last_line: str = ""
    _stats: Mapping[str, Any] = field(default_factory=dict)
    _file: Any = None

    def __enter__(self) -> Self:
        self._file = (self.directory / "events.jsonl").open("w", encoding="utf-8", buffering=1)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def take(self, event: Mapping[str, Any]) -> bool:
        """Handle one event of ansible-runner; False: it need not keep a file of its own."""
        kind, data = event.get("event", ""), event.get("event_data", {})
        if kind == "playbook_on_task_start":
            self._task = str(data.get("task", ""))
            self.progress(self._task)
        elif kind == "playbook_on_stats":
            self._stats = data
        elif kind in _BAD and not data.get("ignore_errors"):
            self._failed_task = self._task
            self.reason = self.reason or _message(data.get("res", {}))
        if line := str(event.get("stdout", "")).strip():
            self._last_line = line
        if kind in _RESULTS or kind in ("playbook_on_task_start", "playbook_on_stats", "error"):
            self._keep(str(event.get("created", "")), kind, data)
        return False

    def finish(self, host: str, status: int, seconds: float) -> PlaybookResult:
        """The result of the run; also written to ``summary.json``."""
        ok, changed, failed, unreachable, skipped = (
            int(self._stats.get(name, {}).get(host, 0)) for name in ("ok", "changed", "failures", "dark", "skipped")
        )
        succeeded = status == 0 and bool(self._stats) and failed == unreachable == 0 and ok > 0
        recap = f"{host} : ok={ok} changed={changed} unreachable={unreachable} failed={failed} skipped={skipped}"
        reason = "" if succeeded else self.reason or self._last_line[-_MESSAGE_LIMIT:] or _status(status)
        task = "" if succeeded else self._failed_task or self._task
        result = PlaybookResult(succeeded, ok, changed, failed, unreachable, recap, task, reason, round(seconds, 2))
        text = json.dumps({**asdict(result), "status": status}, ensure_ascii=False, indent=2)
        (self.directory / "summary.json").write_text(text + "\n", encoding="utf-8")
        return result

    def _keep(self, created: str, kind: str, data: Mapping[str, Any]) -> None:
        entry: dict[str, Any] = {"time": created, "event": kind}
        for name in ("task", "role", "task_action", "host", "duration"):
            if data.get(name):
                entry[name] = data[name]
        result = data.get("res", {})
        if kind in _RESULTS:
            entry["changed"] = bool(result.get("changed"))
        if kind in _BAD:
            entry["message"] = _message(result)
        if kind == "playbook_on_stats":
            entry |= {name: data.get(name, {}) for name in ("ok", "changed", "failures", "dark", "skipped")}
        self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")


def _message(result: Mapping[str, Any]) -> str:
    """What a module said when it failed, as one line; the items of a loop speak for the loop."""
    parts = [result.get("msg", "")]
    parts += [item.get("msg", "") for item in result.get("results", []) if isinstance(item, dict) and item.get("failed")]
    parts += [result.get("stderr", "") or result.get("module_stderr", "")]
    words = (word for part in parts if part for word in str(part).split() if word.strip("@"))  # OpenSSH frames with @
    return " ".join(words)[:_MESSAGE_LIMIT]


def _status(status: int) -> str:
    return t(f"ansible-playbook ended with status {status}", f"ansible-playbook 以状态 {status} 结束")
