"""The documents of the repository, and what stands in them as code."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "README.zh-CN.md", ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").glob("*.md"))]
WRITTEN = [page for page in PAGES if page.name not in ("commands.md", "errors.md")]  # by people, not by lab/reference.py
NAMES = [page.name for page in PAGES]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """The page without its code blocks."""
    return _FENCE.sub("", read(page))


def inline(page: Path) -> list[str]:
    """Everything between single backticks outside of code blocks."""
    return re.findall(r"`([^`\n]+)`", prose(page))


def blocks(page: Path) -> list[str]:
    """The code blocks, in order."""
    return [found[2] for found in _FENCE.finditer(read(page))]


def typed(page: Path) -> list[str]:
    """Every command line that the page tells to type: lines of blocks (after a ``$``, or alone), and inline code."""
    lines = [line.partition(" #")[0].strip().removeprefix("$ ") for block in blocks(page) for line in block.splitlines()]
    return [line for line in (*lines, *inline(page)) if line.startswith(("jiyun ", "./dev "))]
