"""A small estate with a store, a home and hosts in memory, so that an order lives its whole life in milliseconds."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from jiyun import clock
from jiyun.store import Row, Store
from orders import register
from orders.spec import OrderSpec
from orders.states import REVIEW_ITEMS
from provisioners.images.cache import ImageCache, digest_of
from provisioners.memory import Datacentre
from provisioners.spec import ImageSpec, MachineSpec
from workflows import estate_apply, fulfil, hosts, images, order, retire
from workflows.doctor import Finding, examine
from workflows.guest import Say
from workflows.session import Session
from workflows.setup import initialise
from workflows.work import Drivers

EXAMPLES = Path(__file__).parents[2] / "inventory" / "examples"
START = clock.parse("2026-01-05")
ITEMS = tuple(REVIEW_ITEMS)


def example(name: str, *changes: tuple[str, str]) -> str:
    """The text of ``minimal`` or ``zhuzhou`` with some places changed."""
    text = (EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the example"
        text = text.replace(old, new)
    return text


@dataclass(frozen=True, slots=True)
class MemoryGuest:
    """A guest that is always there; ``log`` notes each call."""

    session: Session
    order: Row
    machine: MachineSpec
    log: list[str]

    def reach(self, seconds: int, say: Say) -> dict[str, str]:
        self.log.append(f"reach {self.machine.hostname}")
        return {"address": self.machine.port.ipv4, "host_key": self.machine.host_key[-16:]}

    def baseline(self, say: Say) -> dict[str, str]:
        self.log.append(f"baseline {self.machine.hostname}")
        return {"recap": "ok=1 changed=0"}


@dataclass(slots=True)
class World:
    """Everything of one test.  ``hosts`` is what exists outside the store."""

    store: Store
    home: Path
    hosts: Datacentre = field(default_factory=Datacentre)
    guest_log: list[str] = field(default_factory=list)

    def session(self, actor: str) -> Session:
        return Session(self.store, self.home, actor)

    def drivers(self) -> Drivers:
        return Drivers(
            host=lambda machine: self.hosts.open_host(machine.host),
            guest=lambda session, row, machine: MemoryGuest(session, row, machine, self.guest_log),
        )

    def state_of(self, number: str) -> str:
        with self.store.read() as tx:
            return str(register.get(tx, number)["state"])

    def submit(self, actor: str = "applicant", **fields: object) -> str:
        return order.submit(self.session(actor), spec(**fields))

    def reviewed(self, actor: str = "applicant", **fields: object) -> str:
        number = self.submit(actor, **fields)
        order.review(self.session("reviewer"), number, ITEMS, passed=True)
        return number

    def approved(self, actor: str = "applicant", **fields: object) -> str:
        number = self.reviewed(actor, **fields)
        order.approve(self.session("reviewer"), number)
        return number

    def fulfil(self, number: str) -> str:
        return fulfil.fulfil(self.session("operator"), number, drivers=self.drivers())

    def active(self, actor: str = "applicant", **fields: object) -> str:
        number = self.approved(actor, **fields)
        assert self.fulfil(number) == "done"
        return number

    def cancel(self, number: str) -> str:
        return fulfil.cancel(self.session("operator"), number, "not needed", drivers=self.drivers())

    def delete(self, name: str, actor: str = "operator") -> str:
        return retire.delete(self.session(actor), name, drivers=self.drivers())

    def machine(self, number: str) -> str:
        return fulfil.delivered(self.session("operator"), number)["id"]

    def doctor(self) -> list[Finding]:
        return examine(self.session("operator"), opening=self.hosts.open_host)

    def probe(self, host: str = "host1") -> None:
        hosts.probe(self.session("operator"), host, opening=self.hosts.open_host)


def spec(**fields: object) -> OrderSpec:
    """An application that the minimal estate allows, some fields changed."""
    plain: dict[str, object] = {
        "department": "finance",
        "system": "budget",
        "cloud": "administrative",
        "flavor": "tiny.1",
        "image": "tiny",
        "segment": "finance",
        "hostname": "budget-1",
        "disks_mib": (512,),
        "purpose": "预算",
    }
    return OrderSpec(**{**plain, **fields})  # type: ignore[arg-type]


def tiny_image(session: Session, content: bytes = b"not a kernel") -> ImageSpec:
    """An image of two small files in the home's cache: complete for the store, of no use to a hypervisor."""
    cache = ImageCache(session.image_folder)
    session.home.mkdir(parents=True, exist_ok=True)
    source = session.home / f"part-{hashlib.sha256(content).hexdigest()[:8]}"
    parts = []
    for role in ("kernel", "initrd"):
        source.write_bytes(content + role.encode())
        parts.append(cache.take(source, role, "raw"))
    source.unlink()
    return ImageSpec("tiny", "tiny", digest_of(parts), tuple(parts), 64, "console=ttyS0")


def bare(url: str, home: Path, estate: str = "", *, simulated_at: int | None = START) -> World:
    """A store with an estate applied (its text; minimal by default), nothing probed and no image."""
    store = initialise(url, home, city="株洲", actor="ops", simulated_at=simulated_at)
    file = home / "estate.yaml"
    file.write_text(estate or example("minimal"), encoding="utf-8")
    world = World(store, home)
    estate_apply.apply(world.session("ops"), file)
    return world


def ready(url: str, home: Path, estate: str = "", *, simulated_at: int | None = START) -> World:
    """The same with its host probed and its image in place: orders can be approved."""
    world = bare(url, home, estate, simulated_at=simulated_at)
    world.probe()
    session = world.session("operator")
    images.adopt(session, "tiny", tiny_image(session))
    return world
