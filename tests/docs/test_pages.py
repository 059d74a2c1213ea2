"""The documents hold together: twins, links, paths, language."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.docs import pages

HEADING = re.compile(r"^(#+) ", re.MULTILINE)


def test_the_readme_twins_have_the_same_structure_and_the_same_commands() -> None:
    english, chinese = pages.ROOT / "README.md", pages.ROOT / "README.zh-CN.md"
    assert HEADING.findall(pages.read(english)) == HEADING.findall(pages.read(chinese))
    assert pages.typed(english) == pages.typed(chinese)
    assert len(pages.blocks(english)) == len(pages.blocks(chinese))
    links = [re.findall(r"\]\(([^)#]+)", pages.read(page)) for page in (english, chinese)]
    twin = {"README.md": "README.zh-CN.md", "README.zh-CN.md": "README.md"}
    assert [twin.get(link, link) for link in links[0]] == links[1]


def test_the_readme_names_the_two_commands() -> None:
    assert {"./dev demo", "./dev test"} <= set(pages.typed(pages.ROOT / "README.md"))


def test_every_dev_command_in_a_page_exists() -> None:
    usage = subprocess.run(["./dev", "--help"], cwd=pages.ROOT, capture_output=True, text=True, timeout=60, check=True).stdout
    known = set(re.findall(r"^  ([a-z]+) ", usage, re.MULTILINE))
    for page in pages.PAGES:
        for line in pages.typed(page):
            if line.startswith("./dev ") and "[" not in line:
                assert line.split()[1] in known | {"--help"}, f"{page.name}: {line}"


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", pages.prose(page)):
        assert "://" in target or (page.parent / target).exists(), target


@pytest.mark.parametrize("page", pages.WRITTEN, ids=lambda page: page.name)
def test_paths_that_are_named_exist(page: Path) -> None:
    folders = {path.name for path in pages.ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    for text in pages.inline(page):
        found = re.fullmatch(r"([a-z]+)/([\w./-]*)(::\w+)?", text)
        if found and found[1] in folders and not text.startswith("jobs/"):
            path = pages.ROOT / found[1] / found[2]
            assert path.exists(), f"{text} does not exist"
            if found[3]:
                assert f"def {found[3][2:]}(" in path.read_text(encoding="utf-8"), f"{text} does not exist"


@pytest.mark.parametrize("page", [page for page in pages.PAGES if "zh" not in page.name], ids=lambda page: page.name)
def test_english_pages_use_no_dash_as_a_comma(page: Path) -> None:
    assert not re.search(r"[\u2013\u2014]", pages.prose(page))
