"""What can be refused about departments, people and what they may do."""

from jiyun.errors import Exit, kind

DEPARTMENT_UNKNOWN = kind(
    "department.unknown",
    Exit.NOT_FOUND,
    en="There is no department {name!r}; {hint}.",
    zh="没有部门 {name!r}；{hint}。",
)
DEPARTMENT_NAME = kind(
    "department.name",
    Exit.USAGE,
    en="{name!r} cannot name a department; use 1 to 40 lowercase letters, digits and inner hyphens.",
    zh="{name!r} 不能用作部门名；请用 1 至 40 个小写字母、数字和中间的连字符。",
)
DEPARTMENT_TITLE = kind(
    "department.title",
    Exit.USAGE,
    en="Department {name} needs a title in Chinese; the English one may be left out.",
    zh="部门 {name} 需要中文名称；英文名称可省略。",
)
DEPARTMENT_LEVEL = kind(
    "department.level",
    Exit.USAGE,
    en="Department {name} of level {level} cannot stand under {parent} of level {parent_level}; "
    "city is above county, county above town.",
    zh="{level} 级部门 {name} 不能隶属于 {parent_level} 级部门 {parent}；city（市）高于 county（县），county 高于 town（乡镇）。",
)
DEPARTMENT_MOVED = kind(
    "department.moved",
    Exit.CONFLICT,
    en="Department {name} stands under {before} and cannot move to {after}: its machines, quotas and bills were counted there. "
    "Make a new department in the new place.",
    zh="部门 {name} 隶属于 {before}，不能移至 {after}：其虚机、配额和账单已计入原处。请在新位置另建部门。",
)
PERSON_UNKNOWN = kind(
    "person.unknown",
    Exit.NOT_PERMITTED,
    en="Nobody here is named {name!r}. Say who you are with --as NAME or JIYUN_AS=NAME; people are declared in the estate file.",
    zh="没有名为 {name!r} 的人员。请用 --as 姓名 或 JIYUN_AS=姓名 说明身份；人员在资源文件中声明。",
)
PERSON_NAME = kind(
    "person.name",
    Exit.USAGE,
    en="{name!r} cannot name a person; use 1 to 64 visible characters without spaces.",
    zh="{name!r} 不能用作人员名；请用 1 至 64 个可见字符，不含空格。",
)
ROLE_UNKNOWN = kind(
    "role.unknown",
    Exit.USAGE,
    en="There is no role {role!r}; the roles are {roles}.",
    zh="没有角色 {role!r}；可用角色：{roles}。",
)
ROLE_INCOMPATIBLE = kind(
    "role.incompatible",
    Exit.POLICY,
    en="{person} cannot be both {one} and {other}: these duties are kept apart. Give one of them to another person.",
    zh="{person} 不能同时担任 {one} 和 {other}：两者职责须分离。请将其一授予他人。",
)
NOT_PERMITTED = kind(
    "permission.denied",
    Exit.NOT_PERMITTED,
    en="{person} may not do {permission} {where}; a person with one of these roles there can: {roles}.",
    zh="{person} 无权{where}执行 {permission}；具有以下任一角色的人员可以：{roles}。",
)
OWN_APPLICATION = kind(
    "permission.own-application",
    Exit.NOT_PERMITTED,
    en="{person} made this application and cannot {what} it; another person must.",
    zh="本申请由 {person} 提出，不能由其本人{what}；须由他人办理。",
)

OWN_ROLES = kind(
    "permission.own-roles",
    Exit.NOT_PERMITTED,
    en="{person} cannot give roles to {person}; another operator applies this file.",
    zh="{person} 不能为自己授予角色；请由另一位运维员应用此文件。",
)
