"""Stores for the stories.  Every story runs on the lab's real hypervisor; each module leaves it as it found it."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.stories import estates
from tests.stories.office import Office

_NUMBERS = count(1)
Found = Callable[..., Office]


@pytest.fixture(scope="module")
def new_town(images_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    """Makes a store of the least estate; its changes are those of :func:`estates.town`.  The tiny image is in it."""

    made: list[Office] = []

    def make(**changes: Any) -> Office:
        number = next(_NUMBERS)
        folder = tmp_path_factory.mktemp(f"town{number}")
        office = estates.found(folder / "home", estates.town(folder, number, **changes), estates.TOWN)
        made.append(office)
        office.adopt("tiny", images_folder, "tiny")
        return office

    yield make
    for office in made:
        office.sweep()


@pytest.fixture(scope="module")
def town(new_town: Found) -> Office:
    """A store of the least estate, its host probed."""
    office = new_town()
    office.run("host", "probe", "host1")
    return office


@pytest.fixture(scope="module")
def city(images_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A store of the city's estate with both images, its host probed."""
    office = estates.found(tmp_path_factory.mktemp("city") / "home", estates.ZHUZHOU, estates.CITY)
    office.adopt("tiny", images_folder, "tiny")
    office.adopt("debian-12", images_folder, "debian")
    office.run("host", "probe", "host1")
    yield office
    office.sweep()
