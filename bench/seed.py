"""A store to measure on: one department tree, wide limits, as many planned machines as wanted."""

import os
from pathlib import Path
from typing import Any

import yaml

from orders.spec import OrderSpec
from provisioners.images.cache import ImageCache, digest_of
from provisioners.spec import ImageSpec, MachineSpec
from workflows import estate_apply, images, order
from workflows.hosts import record_facts
from workflows.session import Session
from workflows.setup import initialise

OPERATOR = "operator"
PEOPLE = {"operator": "operator", "applicant": "applicant", "reviewer": "reviewer", "approver": "approver"}
_WIDE = {
    "vcpu": 100_000,
    "memory": "64TiB",
    "machines": 100_000,
    "volumes": 200_000,
    "addresses": 100_000,
    "disk.standard": "512TiB",
}


def estate() -> dict[str, Any]:
    """A city with one bureau, one host that is large enough, one segment; every figure is invented."""
    host = {
        "name": "host1",
        "site": "idc",
        "uri": "qemu:///system",
        "clouds": ["administrative"],
        "vcpus": 1024,
        "vcpu_ratio": 64,
        "memory": "64TiB",
        "pools": [{"name": "jiyun-bench", "path": "/var/lib/libvirt/images/jiyun-bench", "capacity": "1024TiB"}],
        "synthetic": True,
    }
    segment = {"name": "bureau-net", "department": "bureau", "cloud": "administrative", "site": "idc", "ipv4": "10.96.0.0/16"}
    system = {"name": "files", "title_zh": "档案", "department": "bureau", "cloud": "administrative", "protection_level": 1}
    return {
        "format": 1,
        "sites": [{"name": "idc", "title_zh": "数据中心"}],
        "clouds": [{"name": "administrative", "title_zh": "行政服务云"}],
        "hosts": [host],
        "departments": [
            {"name": "city", "title_zh": "市", "level": "city"},
            {"name": "bureau", "title_zh": "局", "level": "city", "parent": "city"},
        ],
        "people": [
            {"name": name, "title_zh": name, "department": "city", "roles": [f"{role}@city"]} for name, role in PEOPLE.items()
        ],
        "systems": [{**system, "sharing": "registered", "directory_entry": "bench-1"}],
        "segments": [{**segment, "synthetic": True}],
        "quotas": [
            {"department": name, "cloud": "administrative", "limits": _WIDE, "synthetic": True} for name in ("city", "bureau")
        ],
        "flavors": [{"name": "tiny.1", "vcpus": 1, "memory": "128MiB", "root_disk": "64MiB", "synthetic": True}],
        "images": [{"name": "tiny", "kind": "tiny", "how": "build"}],
    }


def make_store(home: Path) -> Session:
    """A store with the estate applied, its host counted as probed; the session is the operator's."""
    url = f"sqlite:///{home / 'jiyun.db'}"
    file = home / "estate.yaml"
    home.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(estate(), allow_unicode=True), encoding="utf-8")
    session = Session(initialise(url, home, city="bench", actor=OPERATOR), home, OPERATOR)
    estate_apply.apply(session, file)
    return session


def act_as(session: Session, person: str) -> Session:
    """The same store, another person."""
    return session._replace(actor=person)


def adopt_nothing(session: Session) -> None:
    """An image of random bytes, for stores on which nothing boots."""
    file = session.home / "kernel"
    file.write_bytes(os.urandom(4096))
    cache = ImageCache(session.image_folder)
    parts = (cache.take(file, "kernel", "raw"),)
    images.adopt(session, "tiny", ImageSpec("tiny", "tiny", digest_of(parts), parts, 64))


def reviewed(session: Session, number: int) -> str:
    """One order with its four review items; its id."""
    spec = OrderSpec("bureau", "files", "administrative", "tiny.1", "tiny", "bureau-net", f"bench-{number}")
    order_id = order.submit(act_as(session, "applicant"), spec)
    items = ("feasibility", "reasonableness", "security", "standards")
    order.review(act_as(session, "reviewer"), order_id, items, passed=True)
    return order_id


def approve(session: Session, order_id: str) -> MachineSpec:
    """Approve; the planned machine."""
    return order.approve(act_as(session, "approver"), order_id)[0]


def seed_machines(home: Path, count: int) -> None:
    """Fill ``home`` with a store of ``count`` planned machines, the way that people would."""
    session = make_store(home)
    record_facts(session, "host1", "qemu", {"hypervisor": "none: this store is measured, not run"})
    adopt_nothing(session)
    for number in range(count):
        approve(session, reviewed(session, number))
    session.store.close()
