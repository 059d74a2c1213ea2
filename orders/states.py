"""The one table of an order's states and moves; the database holds the same table and refuses every other move."""

from jiyun.language import Text

STATES: dict[str, Text] = {
    "submitted": Text("applied for, waits for its four review items", "已提交，等待四项审查"),
    "reviewed": Text("all four items passed, waits for approval", "四项审查通过，等待批准"),
    "approved": Text("plan fixed, quota, capacity and addresses held", "方案已定，配额、容量与地址已占用"),
    "provisioning": Text("being built", "正在建设"),
    "failed": Text("a step failed; fulfil goes on from there, cancel undoes", "某步骤失败；可继续执行或撤销"),
    "active": Text("accepted; the machine is in use and charged", "已验收；使用中并计费"),
    "cancelling": Text("being undone", "正在撤销"),
    "cancelled": Text("undone; everything was given back", "已撤销；全部归还"),
    "rejected": Text("refused by a reviewer or the approver", "被审查人或批准人驳回"),
    "withdrawn": Text("taken back by the applicant", "申请人撤回"),
    "deleting": Text("the machine is being taken down and wiped", "正在下线并擦除"),
    "deleted": Text("the machine is gone, its quota free", "已删除，配额已释放"),
}

MOVES: frozenset[tuple[str, str]] = frozenset(
    {
        ("submitted", "reviewed"),
        ("submitted", "rejected"),
        ("submitted", "withdrawn"),
        ("reviewed", "approved"),
        ("reviewed", "rejected"),
        ("reviewed", "withdrawn"),
        ("approved", "provisioning"),
        ("approved", "cancelling"),
        ("provisioning", "active"),
        ("provisioning", "failed"),
        ("provisioning", "cancelling"),
        ("failed", "provisioning"),
        ("failed", "cancelling"),
        ("cancelling", "cancelled"),
        ("active", "deleting"),
        ("deleting", "deleted"),
    }
)

NEXT: dict[str, Text] = {
    "submitted": Text(
        "reviewers: `jiyun order review {order} --all --pass`, or item by item; one failed item rejects the order",
        "由审查人执行 `jiyun order review {order} --all --pass`，也可逐项审查；任一项不通过即驳回",
    ),
    "reviewed": Text(
        "the approver: `jiyun order approve {order}`, or `jiyun order reject {order} --reason TEXT`",
        "由批准人执行 `jiyun order approve {order}`，或 `jiyun order reject {order} --reason 原因`",
    ),
    "approved": Text("the operator: `jiyun order fulfil {order}`", "由运维员执行 `jiyun order fulfil {order}`"),
    "provisioning": Text(
        "wait; where the work was interrupted, `jiyun order fulfil {order}` goes on",
        "请等待；若工作已中断，执行 `jiyun order fulfil {order}` 可继续",
    ),
    "failed": Text(
        "put right what the reason names, then `jiyun order fulfil {order}`; or `jiyun order cancel {order} --reason TEXT`",
        "先排除上述原因，再执行 `jiyun order fulfil {order}`；或执行 `jiyun order cancel {order} --reason 原因`",
    ),
    "active": Text(
        "the machine is in use: `jiyun vm show`, `vm ssh`; `jiyun vm delete` gives it back",
        "虚机使用中：可用 `jiyun vm show`、`vm ssh`；用 `jiyun vm delete` 归还",
    ),
    "cancelling": Text(
        "wait; where the work was interrupted, `jiyun order cancel {order} --reason TEXT` goes on",
        "请等待；若工作已中断，执行 `jiyun order cancel {order} --reason 原因` 可继续",
    ),
    "cancelled": Text("nothing more; submit a new order where one is needed", "已终结；如仍需资源，请提交新申请"),
    "rejected": Text("nothing more; submit a new order that meets the reason", "已终结；请按驳回原因修改后提交新申请"),
    "withdrawn": Text("nothing more; submit a new order where one is needed", "已终结；如仍需资源，请提交新申请"),
    "deleting": Text(
        "wait; where the work was interrupted, `jiyun vm delete` goes on",
        "请等待；若工作已中断，执行 `jiyun vm delete` 可继续",
    ),
    "deleted": Text("nothing more", "已终结"),
}
"""What people do next with an order in each state; ``{order}`` is its number."""

REVIEW_ITEMS: dict[str, Text] = {
    "feasibility": Text("technical feasibility", "技术可行性"),
    "reasonableness": Text("reasonableness", "建设合理性"),
    "security": Text("security", "安全性"),
    "standards": Text("technical standards", "技术标准"),
}
"""The four items of M30; each needs a result, a reviewer and a time."""


def allowed_from(state: str) -> list[str]:
    """The states that ``state`` may move to."""
    return sorted(to for origin, to in MOVES if origin == state)
