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
