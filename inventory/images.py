"""Images: a declared name and the immutable content that it stands for now."""

from inventory import problems
from inventory.statements import SQL
from jiyun import audit
from jiyun.language import t
from jiyun.store import Row, Tx


def image(tx: Tx, name: str) -> Row:
    """The declared name and kind of an image."""
    row = tx.first(SQL.image, name=name)
    if row is None:
        raise problems.unknown(t("image", "镜像"), name, "jiyun image list", (found["name"] for found in images(tx)))
    return row


def images(tx: Tx) -> list[Row]:
    """Every declared image; ``digest`` is None where the content is missing, ``machines`` counts its users."""
    return tx.all(SQL.images)


def content(tx: Tx, name: str) -> Row:
    """What an image holds now: ``digest`` and ``spec`` (canonical JSON of an ImageSpec)."""
    image(tx, name)
    row = tx.first(SQL.current_content, name=name)
    if row is None:
        raise problems.NOT_READY(name=name)
    return row


def add_content(tx: Tx, name: str, digest: str, spec: str) -> bool:
    """Make ``digest`` the content of ``name``; machines made from earlier content keep theirs.  True if it is news."""
    current = tx.first(SQL.current_content, name=name)
    if current and current["digest"] == digest:
        return False
    tx.run(SQL.retire_content, name=name, at=tx.now)
    if tx.first(SQL.content, name=name, digest=digest):
        tx.run(SQL.restore_content, name=name, digest=digest)
    else:
        tx.run(SQL.insert_content, name=name, digest=digest, spec=spec, at=tx.now, by=tx.actor)
    audit.append(tx, "image.add", name, digest=digest)
    return True


def remove_content(tx: Tx, name: str) -> Row:
    """Take the content of an image away; refused while a machine uses it.  The row that was removed."""
    row = content(tx, name)
    users = tx.all(SQL.machines_with_image, digest=row["digest"])
    if users:
        raise problems.IN_USE(name=name, machines=", ".join(user["id"] for user in users))
    tx.run(SQL.retire_content, name=name, at=tx.now)
    audit.append(tx, "image.remove", name, digest=row["digest"])
    return row
