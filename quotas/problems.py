"""What can be refused about limits and claims."""

from jiyun.errors import Exit, kind

QUOTA_EXCEEDED = kind(
    "quota.exceeded",
    Exit.QUOTA,
    en="The quota of {node} in the {cloud} cloud does not allow this: {dimension} limit {limit}, in use {use}, asked {ask}, "
    "short by {short}. Ask for less, release something there, or have the limit raised.",
    zh="{node} 在 {cloud} 云的配额不足：{dimension} 上限 {limit}，已用 {use}，申请 {ask}，尚缺 {short}。"
    "请减少申请、释放该处资源，或申请提高上限。",
)
CLASS_UNKNOWN = kind(
    "quota.class-unknown",
    Exit.USAGE,
    en="There is no resource class {name!r}; the classes are {classes} and disk.TIER.",
    zh="没有资源类别 {name!r}；可用类别：{classes} 和 disk.存储层级。",
)
LIMIT_NEGATIVE = kind(
    "quota.limit-negative",
    Exit.USAGE,
    en="The limit of {node} for {dimension} cannot be {amount}; write zero or more.",
    zh="{node} 的 {dimension} 上限不能为 {amount}；请写零或更大的数。",
)
LIMIT_BELOW_USE = kind(
    "quota.limit-below-use",
    Exit.CONFLICT,
    en="{node} has {use} of {dimension} in use in the {cloud} cloud; the limit was not lowered to {limit}. "
    "Release something there first, or set the limit at {use} or more.",
    zh="{node} 在 {cloud} 云已使用 {dimension} {use}；未将上限降为 {limit}。请先释放资源，或将上限设为不低于 {use}。",
)
CLAIM_CONFLICT = kind(
    "claim.conflict",
    Exit.CONFLICT,
    en="Order {order} already claimed something else for machine {machine}; nothing was changed. Cancel that claim first.",
    zh="申请 {order} 已为虚机 {machine} 占用不同的资源；未作任何改动。请先取消该占用。",
)
CLAIM_ENDED = kind(
    "claim.ended",
    Exit.CONFLICT,
    en="What order {order} claimed was released; a released claim does not come back. Submit a new order.",
    zh="申请 {order} 占用的资源已释放，释放后不能恢复。请提交新申请。",
)
CLAIM_MISSING = kind(
    "claim.missing",
    Exit.CONFLICT,
    en="Order {order} holds nothing that could become active. Fulfil the order again.",
    zh="申请 {order} 没有可生效的资源占用。请重新办理该申请。",
)
