"""The single steps of building and taking down a machine.

Each looks first and is safe to repeat; each opens its own connection, so a hypervisor that was restarted in
between is met as it is now.  None of them is called inside a transaction; the notes go to the step log.
"""

from inventory import machines
from jiyun.language import t
from provisioners.images.cache import ImageCache
from provisioners.problems import SECRET_UNSAFE
from provisioners.spec import ImagePart
from workflows import wiping
from workflows.work import Work

GRACE_SECONDS = 20


def check(work: Work) -> str:
    """The host answers, and says what it knows of the machine."""
    with work.host() as host:
        return f"power {host.power(work.machine)}"


def image(work: Work) -> str:
    """The image's files are in the pool of the root volume; what is brought there is checked by its SHA-256."""
    cache = ImageCache(work.session.image_folder)
    pool = work.machine.root.pool
    with work.host() as host:
        host.ensure_pool(pool)
        new = [
            part.role
            for part in work.machine.image.parts
            if host.ensure_image_part(pool, part, cache.path(part), work.progress.bytes)
        ]
    return f"uploaded {', '.join(new)}" if new else "was there"


def segment(work: Work) -> str:
    """The segment's network runs and knows the machine's address."""
    port = work.machine.port
    with work.host() as host:
        created = host.ensure_segment(port.segment)
        host.ensure_reservation(port, work.machine.hostname)
    return f"{port.ipv4} in {port.segment.id}{' (network made)' if created else ''}"


def no_segment(work: Work) -> str:
    """The address is not reserved any more; the network goes with its last machine."""
    port = work.machine.port
    with work.session.read() as tx:
        others = machines.has_neighbours(tx, port.segment.id, work.machine.id)
    with work.host() as host:
        host.remove_reservation(port)
        removed = False if others else host.remove_segment(port.segment)
    return "network removed" if removed else "reservation removed"


def guard(work: Work) -> str:
    with work.host() as host:
        return _made(host.ensure_guard(work.machine.port))


def no_guard(work: Work) -> str:
    with work.host() as host:
        return _gone(host.remove_guard(work.machine.port))


def volumes(work: Work) -> str:
    """The root volume on its backing image, and the data volumes."""
    root_image = work.machine.image.part("root")
    made: list[str] = []
    with work.host() as host:
        for volume in work.machine.volumes:
            backing: ImagePart | None = root_image if volume.role == "root" else None
            if host.ensure_volume(volume, backing):
                made.append(volume.name)
    return f"created {', '.join(made)}" if made else "were there"


def no_volumes(work: Work) -> str:
    """The volumes are wiped as the system's protection level demands, then removed."""
    with work.session.read() as tx:
        method = wiping.method_for(tx, machines.find(tx, work.machine.id))
    with work.host() as host:
        gone = [volume.name for volume in work.machine.volumes if host.remove_volume(volume, method)]
    return f"{method}: {', '.join(gone)}" if gone else "were gone"


def seed(work: Work) -> str:
    """The NoCloud seed with the guest's SSH host key, which exists nowhere else."""
    from provisioners.hostkeys import host_key, read_secret
    from provisioners.seed import seed_iso

    pair = host_key(read_secret(work.session.secret_file), work.machine.id)
    if pair.public != work.machine.host_key:  # else the guest would boot, and never be believed
        raise SECRET_UNSAFE(path=work.session.secret_file, reason=t("not the one the plan was made with", "并非制定方案时所用"))
    with work.host() as host:
        return _made(host.ensure_seed(work.machine, seed_iso(work.machine, pair.private)))


def no_seed(work: Work) -> str:
    with work.host() as host:
        return _gone(host.remove_seed(work.machine))


def define(work: Work) -> str:
    with work.host() as host:
        return _made(host.ensure_defined(work.machine))


def no_domain(work: Work) -> str:
    with work.host() as host:
        return _gone(host.remove_domain(work.machine))


def start(work: Work) -> str:
    """Running, on its network: that may have gone with the segment's last machine since it was made for this one."""
    with work.host() as host:
        host.ensure_segment(work.machine.port.segment)
        host.ensure_reservation(work.machine.port, work.machine.hostname)
        return _made(host.ensure_running(work.machine))


def stop(work: Work) -> str:
    with work.host() as host:
        return _gone(host.ensure_off(work.machine, GRACE_SECONDS))


def cut(work: Work) -> str:
    """Off at once: a machine that was never in use may still be booting, and holds nothing worth a shutdown."""
    with work.host() as host:
        return _gone(host.ensure_off(work.machine, 0))


def reach(work: Work) -> str:
    found = work.guest().reach(work.reach_seconds, work.progress.say)
    return ", ".join(f"{name} {value}" for name, value in found.items())


def baseline(work: Work) -> str:
    found = work.guest().baseline(work.progress.say)
    if not found:
        return t(f"not for images of kind {work.machine.image.kind}", f"{work.machine.image.kind} 类镜像不适用")
    return ", ".join(f"{name} {value}" for name, value in found.items())


def _made(created: bool) -> str:
    return "made" if created else "was there"


def _gone(removed: bool) -> str:
    return "removed" if removed else "was gone"
