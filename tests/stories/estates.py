"""Estates for the stories: the city's own file, and small ones made from the least example."""

from pathlib import Path
from typing import Any

import yaml

from tests.stories.office import ROOT, Office, People

EXAMPLES = ROOT / "inventory" / "examples"
ZHUZHOU = EXAMPLES / "zhuzhou.yaml"
CITY = People(
    operator="operator",
    reviewers=("reviewer-egov", "reviewer-development", "reviewer-service-centre", "reviewer-economy-it"),
    approver="approver",
)
TOWN = People(operator="operator", reviewers=("reviewer",), approver="reviewer")
APPLICANT, SYSTEM, SEGMENT, DEPARTMENT = "applicant", "budget", "finance", "finance"


def found(home: Path, estate: Path, people: People) -> Office:
    """A new store with this estate."""
    office = Office(home, people)
    office.run("init", "--city", "株洲")
    office.run("apply", "-f", str(estate))
    return office


def town(folder: Path, number: int, **changes: Any) -> Path:
    """The least estate as town ``number`` (1 to 99): pool and segment of its own, so that towns can share a host.

    ``changes``: ``uri`` and ``pool`` of the host, ``cidr`` of the segment, ``limits`` of the quota, ``images`` more images.
    """
    estate = yaml.safe_load((EXAMPLES / "minimal.yaml").read_text())
    host = estate["hosts"][0]
    host |= {"vcpu_ratio": 16, "memory": "4GiB", "uri": changes.get("uri", host["uri"]), "virtualisation": "qemu"}
    host["pools"] = [{"name": f"town{number}", "path": changes.get("pool", str(folder / "pool")), "capacity": "10GiB"}]
    estate["segments"][0]["ipv4"] = changes.get("cidr", f"10.{100 + number}.1.0/24")
    estate["quotas"][0]["limits"] |= {"vcpu": 16, "memory": "4GiB", "machines": 16, "volumes": 32, "addresses": 16}
    estate["quotas"][0]["limits"] |= changes.get("limits", {})
    estate["images"] += changes.get("images", [])
    path = folder / "estate.yaml"
    path.write_text(yaml.safe_dump(estate, allow_unicode=True, sort_keys=False))
    return path
