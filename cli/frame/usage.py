"""What the argument parser refuses, said in both languages.  English is the parser's own wording."""

import click

from jiyun.language import current, t

CODE = "usage"  # the stable error code that all refusals of the command line share


def message_of(error: click.ClickException) -> str:
    """The refusal as one sentence in the language in use."""
    if current() != "zh":
        return error.format_message()
    match error:
        case click.NoSuchOption():
            return f"没有选项 {error.option_name}。{_suggestion(error.possibilities)}"
        case click.exceptions.NoSuchCommand():
            return f"没有命令 {error.command_name}。{_suggestion(error.possibilities)}"
        case click.MissingParameter():
            return f"缺少{_kind(error.param)} {_name(error)}。"
        case click.BadOptionUsage() if "requires" in error.message:
            return f"选项 {error.option_name} 需要一个值。"
        case click.BadOptionUsage():
            return f"选项 {error.option_name} 不带值。"
        case click.BadParameter():
            return f"{_name(error)} 的值不对：{_bad_value(error)}"
        case _ if "extra argument" in error.message:
            return f"多余的参数：{error.message.partition('(')[2].rstrip(').')}。"
        case _:
            return error.format_message()


def _suggestion(possibilities: list[str] | None) -> str:
    return f"是否指 {'、'.join(possibilities)}？" if possibilities else ""


def _kind(parameter: click.Parameter | None) -> str:
    return "参数" if isinstance(parameter, click.Argument) else "选项"


def _name(error: click.BadParameter) -> str:
    if error.param is not None:
        return " / ".join(error.param.opts) if isinstance(error.param, click.Option) else error.param.human_readable_name
    return str(error.param_hint or "")


def _bad_value(error: click.BadParameter) -> str:
    match error.param.type if error.param is not None else None:
        case click.Choice() as kind:
            return f"只能是 {'、'.join(str(choice) for choice in kind.choices)} 之一。"
        case click.IntRange() as kind:
            low, high = ("不限" if bound is None else bound for bound in (kind.min, kind.max))
            return f"必须是整数，下限 {low}，上限 {high}。"
        case kind if kind is click.INT:
            return "必须是整数。"
        case _:
            return error.message


def detail_of(error: click.ClickException) -> dict[str, object]:
    """What a program can use: the command, and the option or argument that was refused."""
    detail: dict[str, object] = {}
    context = getattr(error, "ctx", None)
    if context is not None:
        detail["command"] = context.command_path
    if isinstance(error, click.BadParameter) and error.param is not None:
        detail["parameter"] = error.param.opts[-1]
    elif isinstance(error, click.NoSuchOption | click.BadOptionUsage):
        detail["parameter"] = error.option_name
    return detail


def hint_of(error: click.ClickException) -> str:
    """Where to read on."""
    context = getattr(error, "ctx", None)
    if context is None:
        return ""
    return t(f"Try '{context.command_path} --help'.", f"请看 “{context.command_path} --help”。")
