"""Roles and the one matrix of what each may do.  Data only: the check is in ``tenants.authority``.

Every row names a permission (``noun.verb``) and the roles that carry it.  The auditor and the supervisor read
everything and change nothing; the supplier reports on hosts and use, and takes no part in any decision.
"""

ROLES = ("operator", "reviewer", "approver", "finance", "applicant", "viewer", "supervisor", "auditor", "supplier")

_OFFICES = ("operator", "reviewer", "approver", "finance")
_TENANTS = ("applicant", "viewer")
_WATCHERS = ("supervisor", "auditor")

MATRIX: dict[str, frozenset[str]] = {
    permission: frozenset(roles)
    for permission, roles in {
        "estate.apply": ("operator",),
        "estate.plan": ("operator",),
        "db.upgrade": ("operator",),
        "clock.set": ("operator",),
        "doctor.run": ("operator", "auditor"),
        "host.read": ("operator", *_WATCHERS, "supplier"),
        "host.probe": ("operator",),
        "image.read": (*_OFFICES, *_TENANTS, *_WATCHERS, "supplier"),
        "image.change": ("operator",),
        "segment.read": ("operator", "reviewer", "approver", *_TENANTS, *_WATCHERS, "supplier"),
        "volume.read": ("operator", "reviewer", "approver", *_TENANTS, *_WATCHERS, "supplier"),
        "department.read": (*_OFFICES, *_TENANTS, *_WATCHERS, "supplier"),
        "system.read": (*_OFFICES, *_TENANTS, *_WATCHERS),
        "room.read": (*_OFFICES, *_TENANTS, *_WATCHERS),
        "order.submit": ("applicant",),
        "order.withdraw": ("applicant",),
        "order.read": (*_OFFICES, *_TENANTS, *_WATCHERS),
        "order.review": ("reviewer",),
        "order.approve": ("approver",),
        "order.reject": ("approver",),
        "order.fulfil": ("operator",),
        "order.cancel": ("operator",),
        "vm.read": (*_OFFICES, *_TENANTS, *_WATCHERS, "supplier"),
        "vm.power": ("operator", "applicant"),
        "vm.console": ("operator", "applicant"),
        "vm.delete": ("operator", "applicant"),
        "quota.read": (*_OFFICES, *_TENANTS, *_WATCHERS),
        "quota.change": ("operator",),
        "usage.read": (*_OFFICES, *_TENANTS, *_WATCHERS, "supplier"),
        "price.read": (*_OFFICES, *_TENANTS, *_WATCHERS),
        "price.publish": ("finance",),
        "bill.read": (*_OFFICES, *_TENANTS, *_WATCHERS),
        "audit.read": ("operator", *_WATCHERS),
        "audit.verify": ("operator", *_WATCHERS),
    }.items()
}

# What belongs to no department and may be seen by whoever holds such a role anywhere in the tree.  All else that
# belongs to no department needs the role at the root.
COMMON = frozenset({"department.read", "host.read", "image.read", "price.read"})

# In a store without any grant these are open to whoever holds the store: the first estate file names the people.
FOUNDING = frozenset({"estate.apply", "estate.plan"})

# Pairs of duties that one person never holds together.
INCOMPATIBLE = (
    *(("supplier", role) for role in _OFFICES),
    *(("auditor", role) for role in (*_OFFICES, "applicant")),
)
