"""What can be wrong with an estate file.  Each kind fills one line of the report; ``ESTATE_INVALID`` carries them all."""

from jiyun.errors import Exit, Kind, kind


def _kind(code: str, en: str, zh: str) -> Kind:
    return kind(f"estate.{code}", Exit.USAGE, en=en, zh=zh)


# The file as a whole.
ESTATE_UNREADABLE = _kind(
    "unreadable",
    "The estate file {file} cannot be read: {reason}. Check the path and its permissions.",
    "无法读取资源清单文件 {file}：{reason}。请检查路径和权限。",
)
ESTATE_INVALID = _kind(
    "invalid",
    "The estate file has {count} problem(s); nothing was applied.\n{problems}",
    "资源清单文件有 {count} 处问题；未做任何更改。\n{problems}",
)
ESTATE_TOO_LARGE = _kind(
    "too-large",
    "The file is larger than {limit}. Split the estate or remove what is not needed.",
    "文件大于 {limit}。请拆分清单或删除不需要的内容。",
)
ESTATE_NOT_UTF8 = _kind(
    "not-utf8",
    "Byte {byte} is not UTF-8. Save the file as UTF-8.",
    "字节 {byte} 不是 UTF-8。请将文件另存为 UTF-8 编码。",
)

# YAML.
ESTATE_SYNTAX = _kind("syntax", "This is not well-formed YAML: {reason}.", "YAML 格式有误：{reason}。")
ESTATE_CHARACTER = _kind(
    "character",
    "The character {code} ({name}) is not allowed: it cannot be seen or changes how the text reads. Remove it.",
    "不允许使用字符 {code}（{name}）：它不可见或会改变文字的显示。请删除。",
)
ESTATE_DUPLICATE_KEY = _kind(
    "duplicate-key",
    "The field {value} is already written on line {first}. Keep one of the two.",
    "字段 {value} 已写在第 {first} 行。请只保留一个。",
)
ESTATE_TAG = _kind("tag", "YAML tags such as {value} are not allowed. Remove the tag.", "不允许使用 YAML 标签 {value}。请删除。")
ESTATE_ANCHOR = _kind(
    "anchor",
    "The anchor {value} is not usable: it is undefined, defined twice, or contains itself.",
    "锚点 {value} 不可用：未定义、重复定义或包含自身。",
)
ESTATE_ALIASES = _kind(
    "aliases",
    "The aliases of this file repeat more than {limit} values. Write the entries out.",
    "本文件的别名重复了超过 {limit} 个值。请直接写出各条目。",
)
ESTATE_TOO_DEEP = _kind("too-deep", "The nesting is deeper than {limit} levels.", "嵌套超过 {limit} 层。")
ESTATE_DOCUMENTS = _kind(
    "documents",
    "A second YAML document begins here. An estate file holds one document.",
    "此处开始了第二个 YAML 文档。一个资源清单文件只含一个文档。",
)

# One value.
ESTATE_UNKNOWN_FIELD = _kind("unknown-field", "There is no field {value} here.", "此处没有字段 {value}。")
ESTATE_MISSING_FIELD = _kind("missing-field", "The field {name} is required.", "缺少必填字段 {name}。")
ESTATE_NO_VALUE = _kind(
    "no-value",
    "This field has no value; {expected} is expected. Write a value or remove the field.",
    "此字段没有值；应为{expected}。请填写或删除该字段。",
)
ESTATE_WRONG_SHAPE = _kind("wrong-shape", "{expected} is expected here, not {found}.", "此处应为{expected}，而不是{found}。")
ESTATE_QUOTES = _kind(
    "quotes",
    "{value} reads as a number or a yes/no value, but text is expected here. Put it in quotes.",
    "{value} 会被读作数字或真假值，而此处应为文字。请加引号。",
)
ESTATE_BAD_VALUE = _kind("bad-value", "{value} is not {expected}.", "{value} 不是{expected}。")
ESTATE_OUT_OF_RANGE = _kind(
    "out-of-range", "{value} is out of range; {expected} is expected.", "{value} 超出范围；应为{expected}。"
)
ESTATE_NOT_PERMITTED = _kind("not-permitted", "{value} is not a permitted value.", "{value} 不是允许的值。")
ESTATE_TOO_FEW = _kind("too-few", "At least {least} value(s) must be listed here.", "此处至少须列出 {least} 个值。")
ESTATE_REPEATED = _kind("repeated", "{value} is listed twice.", "{value} 重复列出。")

# Entries against each other.
ESTATE_UNKNOWN_REFERENCE = _kind("unknown-reference", "There is no entry {value} in {section}.", "{section} 中没有条目 {value}。")
ESTATE_DUPLICATE_ENTRY = _kind(
    "duplicate-entry",
    "The entry {value} is already given on line {first}. Give it another name or remove one.",
    "条目 {value} 已在第 {first} 行给出。请改名或删除其一。",
)
ESTATE_ROOT = _kind(
    "root",
    "The department tree has {count} departments without a parent ({names}); it must have exactly one.",
    "部门树中有 {count} 个没有上级的部门（{names}）；必须恰有一个。",
)
ESTATE_ROOT_LEVEL = _kind(
    "root-level",
    "The root department {name} is of level {level}; it must be a city.",
    "根部门 {name} 的级别为 {level}；必须为 city。",
)
ESTATE_CYCLE = _kind("cycle", "The department is its own ancestor: {chain}.", "该部门是自己的上级：{chain}。")
ESTATE_LEVEL = _kind(
    "level",
    "A department of level {level} cannot stand below {parent}, which is of level {parent_level}.",
    "级别为 {level} 的部门不能隶属于级别为 {parent_level} 的 {parent}。",
)
ESTATE_OVERLAP = _kind(
    "overlap",
    "The addresses {value} overlap with {other} of segment {segment} on line {first}.",
    "地址 {value} 与第 {first} 行网段 {segment} 的 {other} 重叠。",
)
ESTATE_UNSERVED = _kind(
    "unserved",
    "No host of site {site} serves the {cloud} cloud. Add the cloud to a host of this site.",
    "站点 {site} 没有服务于 {cloud} 云的主机。请为该站点的一台主机加上此云。",
)
ESTATE_DIRECTORY_ENTRY = _kind(
    "directory-entry",
    "With sharing {sharing} a directory entry must be {rule}.",
    "共享状态为 {sharing} 时，目录条目{rule}。",
)
ESTATE_IMAGE_SOURCE = _kind(
    "image-source",
    "An image from {how} {rule}.",
    "来源为 {how} 的镜像{rule}。",
)
ESTATE_TIER = _kind("tier", "No storage pool has the tier {value}.", "没有存储池属于层级 {value}。")
ESTATE_UNIT = _kind("unit", "{sku} is not sold by the unit {value}.", "{sku} 不按单位 {value} 计价。")
ESTATE_PERIOD = _kind(
    "period",
    "The end {value} is not after the beginning {start}.",
    "结束日期 {value} 不晚于开始日期 {start}。",
)
ESTATE_PRICE_OVERLAP = _kind(
    "price-overlap",
    "The price book is valid at the same time as {other}. Close the earlier one with valid_to.",
    "该价目表与 {other} 的有效期重叠。请用 valid_to 结束较早的一个。",
)
ESTATE_ROLES = _kind(
    "roles",
    "A person who is {one} cannot also be {other}.",
    "担任 {one} 的人员不能兼任 {other}。",
)
ESTATE_UNNAMED = _kind(
    "unnamed",
    "A system that its source does not name needs the field source: say which document counts it.",
    "来源中未命名的系统须填写 source 字段：说明由哪份文件计入。",
)
