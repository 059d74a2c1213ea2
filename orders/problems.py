"""What can be wrong with an order or with what is asked of it."""

from jiyun.errors import Exit, kind

UNKNOWN = kind(
    "order.unknown",
    Exit.NOT_FOUND,
    en="There is no order {order!r}. `jiyun order list` shows them.",
    zh="没有申请 {order!r}。可用 `jiyun order list` 查看。",
)
ILLEGAL_MOVE = kind(
    "order.illegal-move",
    Exit.CONFLICT,
    en="Order {order} is {state}; it cannot become {wanted}. From here it can become: {allowed}.",
    zh="申请 {order} 处于 {state} 状态，不能转为 {wanted}。可转为：{allowed}。",
)
REVIEWED_TWICE = kind(
    "order.reviewed-twice",
    Exit.CONFLICT,
    en="Item {item} of order {order} was already reviewed by {reviewer}; a review is never changed.",
    zh="申请 {order} 的 {item} 项已由 {reviewer} 审查；审查结果不可更改。",
)
BAD_FIELD = kind(
    "order.field",
    Exit.USAGE,
    en="Order field {field}: {value!r} is not possible; {wanted}.",
    zh="申请字段 {field}：{value!r} 无效；{wanted}。",
)
MISSING_FIELD = kind(
    "order.field-missing",
    Exit.USAGE,
    en="The application has no {field}; give --{field} or write it in the file.",
    zh="申请缺少 {field}；请给出 --{field} 或写入文件。",
)
FILE_INVALID = kind(
    "order.file-invalid",
    Exit.USAGE,
    en="The order file has {count} problem(s); nothing was submitted.\n{problems}",
    zh="申请文件有 {count} 处问题；未提交。\n{problems}",
)
NO_ITEM = kind(
    "order.no-item",
    Exit.USAGE,
    en="{item!r} is not a review item; give --all or --item with one of {items}.",
    zh="{item!r} 不是审查项；请给出 --all，或用 --item 指定 {items} 之一。",
)
FOREIGN = kind(
    "order.foreign",
    Exit.POLICY,
    en="The {what} {name} belongs to {owner}, not to {department}; an order uses only what is its department's own.",
    zh="{what} {name} 属于 {owner}，而非 {department}；申请只能使用本部门的资源。",
)
OTHER_CLOUD = kind(
    "order.other-cloud",
    Exit.POLICY,
    en="The {what} {name} is in the {other} cloud, the order asks for {cloud}; nothing spans the two clouds (M08).",
    zh="{what} {name} 属于 {other} 云，而申请的是 {cloud} 云；任何资源不得跨两云（M08）。",
)
DRIFT = kind(
    "order.drift",
    Exit.VERIFICATION,
    en="The plan of order {order} is not the one that was approved (its hash differs); nothing was run.",
    zh="申请 {order} 的方案与批准时不同（哈希不符）；未执行任何操作。",
)
NOT_TO_FULFIL = kind(
    "order.not-approved",
    Exit.CONFLICT,
    en="Order {order} is {state}; only an approved or failed order can be fulfilled.",
    zh="申请 {order} 处于 {state} 状态；只有已批准或失败的申请可以执行。",
)
