"""What can stand in the way of an operation."""

from jiyun.errors import Exit, kind

BUSY = kind(
    "operation.busy",
    Exit.CONFLICT,
    en="{order} is being worked on by {owner}; wait for it, or repeat after its lease ends in {seconds} s.",
    zh="{order} 正由 {owner} 处理；请等待，或在其租约 {seconds} 秒后到期时重试。",
)
FENCED = kind(
    "operation.fenced",
    Exit.CONFLICT,
    en="Another process has taken over {order}; this one stopped without changing anything more.",
    zh="另一进程已接管 {order}；本进程已停止，未再作任何更改。",
)
NONE = kind(
    "operation.none",
    Exit.NOT_FOUND,
    en="No work is open for {order}.",
    zh="{order} 没有进行中的工作。",
)
