"""What can be wrong with the store itself."""

from jiyun.errors import Exit, kind

MISSING = kind(
    "store.missing",
    Exit.NOT_FOUND,
    en="There is no Jiyun store at {database}. Make one with `jiyun init`.",
    zh="{database} 处没有集云数据库。请用 `jiyun init` 创建。",
)
EXISTS = kind(
    "store.exists",
    Exit.CONFLICT,
    en="There is already a Jiyun store at {database}; it was left as it is.",
    zh="{database} 处已有集云数据库；未作改动。",
)
OLDER = kind(
    "store.older",
    Exit.CONFLICT,
    en="The store is at schema {found}, this program needs {needed}. Run `jiyun db upgrade`.",
    zh="数据库结构版本为 {found}，本程序需要 {needed}。请运行 `jiyun db upgrade`。",
)
NEWER = kind(
    "store.newer",
    Exit.CONFLICT,
    en="The store is at schema {found}, newer than this program knows ({needed}). Install the newer Jiyun.",
    zh="数据库结构版本为 {found}，比本程序所知（{needed}）更新。请安装更新版本的集云。",
)
CHANGED = kind(
    "store.migration-changed",
    Exit.VERIFICATION,
    en="Migration {version} was applied to this store in another form than this program holds; nothing was changed.",
    zh="迁移 {version} 在此数据库中的内容与本程序所含不同；未作任何改动。",
)
BAD_URL = kind(
    "store.url",
    Exit.USAGE,
    en="{url!r} is not a database; write sqlite:///PATH or postgresql://USER@HOST:PORT/NAME.",
    zh="{url!r} 不是数据库地址；请写 sqlite:///路径 或 postgresql://用户@主机:端口/库名。",
)
UNREACHABLE = kind(
    "store.unreachable",
    Exit.OTHER,
    en="The database {database} does not answer: {reason}.",
    zh="数据库 {database} 无响应：{reason}。",
)
NOT_ACCESSIBLE = kind(
    "store.not-accessible",
    Exit.NOT_PERMITTED,
    en="User {user} may not read and write the database {database}. Run Jiyun as the user who owns it (even a list needs both).",
    zh="用户 {user} 无权读写数据库 {database}。请以其所有者身份运行集云（即使查看也须可读写）。",
)
BUSY = kind(
    "store.busy",
    Exit.CONFLICT,
    en="Another writer held the store for more than {seconds} s; nothing was changed. Repeat the command.",
    zh="其他写入者占用数据库超过 {seconds} 秒；未作任何改动。请重试。",
)
REFUSED = kind(
    "store.refused",
    Exit.CONFLICT,
    en="The database refused this change ({rule}); nothing was changed.",
    zh="数据库拒绝此项更改（{rule}）；未作任何改动。",
)
REAL_CLOCK = kind(
    "store.real-clock",
    Exit.POLICY,
    en="The clock of a real store cannot be set. Make a training store with `jiyun init --simulated`.",
    zh="正式数据库的时钟不可设置。请用 `jiyun init --simulated` 创建演练数据库。",
)
CLOCK_BACK = kind(
    "store.clock-back",
    Exit.USAGE,
    en="The simulated clock stands at {now} and only goes forward; {wanted} is earlier.",
    zh="模拟时钟为 {now}，只能前进；{wanted} 更早。",
)
