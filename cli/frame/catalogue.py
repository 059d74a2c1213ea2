"""The list of every command, kept as data so that ``jiyun --help`` imports none of their modules.

``tests/cli/test_catalogue.py`` holds this list and the modules to each other.
Its records are named tuples: a dataclass costs eight times as much to make at start-up (1.2 ms of CPU each, measured).
"""

from typing import NamedTuple

from jiyun.language import Text


class Entry(NamedTuple):
    """A command group, or a single command where ``commands`` is empty.  Its module is ``cli.<module>``."""

    name: str
    help: Text
    commands: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """The module that holds it, relative to the package ``cli``."""
        return self.name


class Section(NamedTuple):
    """Entries that are listed together on the first help page."""

    title: Text
    entries: tuple[Entry, ...]


SECTIONS = (
    Section(
        Text("Set up and check", "安装与检查"),
        (
            Entry("init", Text("Make a new store", "新建数据库")),
            Entry("plan", Text("Show what an estate file would change", "显示资源清单文件将带来的变化")),
            Entry("apply", Text("Apply an estate file", "应用资源清单文件")),
            Entry("doctor", Text("Check that records and hypervisors agree", "核对记录与虚拟化平台是否一致")),
            Entry("db", Text("The database and its version", "数据库及其版本"), ("status", "upgrade")),
            Entry("clock", Text("The clock of a simulated store", "演练数据库的时钟"), ("show", "advance")),
        ),
    ),
    Section(
        Text("Apply for resources", "资源申请"),
        (
            Entry(
                "order",
                Text("Applications, their review and their fulfilment", "资源申请、审核与交付"),
                ("submit", "list", "show", "review", "approve", "reject", "withdraw", "fulfil", "cancel"),
            ),
            Entry("department", Text("Departments", "部门"), ("list",)),
            Entry("system", Text("Application systems", "应用系统"), ("list",)),
            Entry("quota", Text("Limits, use and holds by department", "各部门的配额、用量与预占"), ("show",)),
            Entry("flavor", Text("Sizes of machines", "虚机规格"), ("list",)),
            Entry("room", Text("Machine rooms of the departments", "各部门机房"), ("list",)),
        ),
    ),
    Section(
        Text("Run machines", "运行资源"),
        (
            Entry(
                "vm",
                Text("Virtual machines", "虚拟机"),
                ("list", "show", "start", "stop", "reboot", "console", "ssh", "delete"),
            ),
            Entry("volume", Text("Disks of machines", "存储卷"), ("list",)),
            Entry("segment", Text("Network segments", "网段"), ("list",)),
            Entry("host", Text("Hypervisor hosts", "宿主机"), ("list", "show", "probe")),
            Entry("image", Text("System images", "系统镜像"), ("build", "import", "list", "remove")),
        ),
    ),
    Section(
        Text("Account for it", "计量与审计"),
        (
            Entry("usage", Text("What was used", "用量"), ("show",)),
            Entry("price", Text("The price book", "价目表"), ("list",)),
            Entry("bill", Text("Bills of the departments", "部门账单"), ("show",)),
            Entry("audit", Text("The audit log and its proof", "审计日志及其校验"), ("log", "verify")),
        ),
    ),
)

ENTRIES = {entry.name: entry for section in SECTIONS for entry in section.entries}


class GlobalOption(NamedTuple):
    """An option that every command takes.  ``metavar`` is empty for a flag; ``choices`` are the permitted values."""

    name: str
    spellings: tuple[str, ...]
    metavar: str
    help: Text
    choices: tuple[str, ...] = ()


FORMATS = ("table", "json", "yaml", "csv")

GLOBAL_OPTIONS = (
    GlobalOption(
        "output",
        ("-o", "--output"),
        "FORMAT",
        Text("How to print: table, json, yaml or csv", "输出格式：table、json、yaml 或 csv"),
        FORMATS,
    ),
    GlobalOption("lang", ("--lang",), "LANG", Text("Language: en or zh", "语言：en 或 zh"), ("en", "zh")),
    GlobalOption("as", ("--as",), "PERSON", Text("Act as this person (JIYUN_AS)", "以此人员身份操作（JIYUN_AS）")),
    GlobalOption("database", ("--database",), "URL", Text("The store to use (JIYUN_DATABASE)", "所用的数据库（JIYUN_DATABASE）")),
    GlobalOption("home", ("--home",), "DIR", Text("Where Jiyun keeps its files (JIYUN_HOME)", "集云的文件目录（JIYUN_HOME）")),
    GlobalOption("quiet", ("-q", "--quiet"), "", Text("Show no progress", "不显示进度")),
)

HELP = Text("Show this help and stop", "显示本帮助并退出")

ROOT_OPTIONS = (
    ("--version", Text("Show the version and stop", "显示版本并退出")),
    ("--install-completion", Text("Install completion for this shell", "为当前 shell 安装命令补全")),
    ("--show-completion", Text("Print the completion script", "打印命令补全脚本")),
    ("--help", HELP),
)
