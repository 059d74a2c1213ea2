"""What can be refused about the old machine rooms."""

from jiyun.errors import Exit, kind

UNKNOWN = kind(
    "room.unknown",
    Exit.NOT_FOUND,
    en="There is no machine room {name!r} in the register. `jiyun room list` shows those that are.",
    zh="登记册中没有机房 {name!r}。可用 `jiyun room list` 查看。",
)
GROWTH = kind(
    "room.growth",
    Exit.POLICY,
    en="Machine room {name} would grow ({growth}). No machine room is built (rule M21) and none is enlarged (rule M23): "
    "order what is needed from the cloud.",
    zh="机房 {name} 将扩大（{growth}）。不再新建机房（规则 M21），现有机房不得扩大（规则 M23）：请向云平台申请所需资源。",
)
ILLEGAL_MOVE = kind(
    "room.move",
    Exit.CONFLICT,
    en="Machine room {name} is {state} and cannot become {wanted}; from there it can become: {permitted}.",
    zh="机房 {name} 的状态为 {state}，不能变为 {wanted}；可变为：{permitted}。",
)
BAD_STATE = kind(
    "room.state",
    Exit.USAGE,
    en="{state!r} is not a state of a machine room; the states are {permitted}.",
    zh="{state!r} 不是机房状态；状态有 {permitted}。",
)
BAD_SIZE = kind(
    "room.size",
    Exit.USAGE,
    en="Machine room {name} has a size below zero ({field}: {value}).",
    zh="机房 {name} 的规模小于零（{field}：{value}）。",
)
BAD_CLOSURE = kind(
    "room.closure",
    Exit.USAGE,
    en="Machine room {name}: {value!r} is not a date of closure; write it as 2027-06-30, or leave it out.",
    zh="机房 {name}：{value!r} 不是关停日期；请写成 2027-06-30，或不填。",
)
