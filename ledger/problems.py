"""What can be refused in the ledger."""

from jiyun.errors import Exit, kind

UNKNOWN_SKU = kind(
    "usage.sku",
    Exit.USAGE,
    en="There is no SKU {sku!r}; the SKUs are vcpu, memory, address and disk.TIER, such as disk.ssd.",
    zh="没有计费项 {sku!r}；计费项为 vcpu、memory、address 和 disk.层级（例如 disk.ssd）。",
)
BAD_QUANTITY = kind(
    "usage.quantity",
    Exit.USAGE,
    en="The usage event {kind} of {resource} ({sku}) has the quantity {quantity}; it must be 1 to {most}.",
    zh="资源 {resource}（{sku}）的用量事件 {kind} 的数量为 {quantity}；须为 1 至 {most}。",
)
FUTURE = kind(
    "usage.future",
    Exit.USAGE,
    en="The usage event of {resource} ({sku}) is to take effect at {at}, but it is {now}: only what has happened is recorded.",
    zh="资源 {resource}（{sku}）的用量事件生效时间为 {at}，而现在是 {now}：只记录已发生的事。",
)
CONFLICT = kind(
    "usage.conflict",
    Exit.CONFLICT,
    en="Event {source_sequence} of {source} is already recorded with another content (usage entry {seq}). Record a new one.",
    zh="来源 {source} 的第 {source_sequence} 号事件已以不同内容记录（用量条目 {seq}）。请记录新的事件。",
)
CLOCK_BACK = kind(
    "usage.clock-back",
    Exit.CONFLICT,
    en="This machine's clock says {now}, but usage was already recorded at {last}. Set the clock right and repeat.",
    zh="本机时钟为 {now}，但已有记录于 {last} 的用量。请校正时钟后重试。",
)
BAD_UNIT = kind(
    "price.unit",
    Exit.USAGE,
    en="SKU {sku} cannot be priced per {unit!r}; its unit is {permitted}.",
    zh="计费项 {sku} 不能按 {unit!r} 定价；其单位为 {permitted}。",
)
BAD_RULE = kind(
    "price.month-rule",
    Exit.USAGE,
    en="The price of {sku} has the month rule {rule!r}; it is either actual or fixed730.",
    zh="计费项 {sku} 的月份规则为 {rule!r}；只能是 actual 或 fixed730。",
)
BAD_PRICE = kind(
    "price.negative",
    Exit.USAGE,
    en="The price of {sku} is below zero.",
    zh="计费项 {sku} 的价格小于零。",
)
BAD_PERIOD = kind(
    "price.period",
    Exit.USAGE,
    en="The price of {sku} ends at {valid_to}, not after its start at {valid_from}.",
    zh="计费项 {sku} 的价格结束于 {valid_to}，不晚于其开始时间 {valid_from}。",
)
OVERLAP = kind(
    "price.overlap",
    Exit.CONFLICT,
    en="In price book {book} the price of {sku} from {valid_from} overlaps the one of book {other} from {other_from}.",
    zh="价目表 {book} 中 {sku} 自 {valid_from} 起的价格与价目表 {other} 中自 {other_from} 起的价格重叠。",
)
RETROACTIVE = kind(
    "price.retroactive",
    Exit.POLICY,
    en="Price book {book} would end the price of {sku} in book {other} at {at}, before now ({now}): "
    "a price that is in force is only changed from now on.",
    zh="价目表 {book} 会使价目表 {other} 中 {sku} 的价格在 {at} 终止，早于现在（{now}）：现行价格只能从现在起更改。",
)
PUBLISHED = kind(
    "price.published",
    Exit.CONFLICT,
    en="Price book {book} is already published with another content. Publish the new prices under a new version.",
    zh="价目表 {book} 已以不同内容发布。请以新版本发布新价格。",
)
EMPTY_BOOK = kind(
    "price.empty",
    Exit.USAGE,
    en="Price book {book} holds no price.",
    zh="价目表 {book} 中没有价格。",
)
MISSING = kind(
    "price.missing",
    Exit.NOT_FOUND,
    en="There is no price for {sku} at {at}. Add one to the price book; nothing is billed at zero.",
    zh="{at} 时 {sku} 没有价格。请补入价目表；不会按零计费。",
)
CUTOFF_AHEAD = kind(
    "bill.cutoff",
    Exit.USAGE,
    en="The cut-off {cutoff} is later than now ({now}); a bill only holds what is known.",
    zh="截止时间 {cutoff} 晚于现在（{now}）；账单只包含已知的内容。",
)
