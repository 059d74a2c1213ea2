"""Specs as plain JSON values and back, for the plan that an approval is bound to."""

from dataclasses import asdict, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from provisioners.spec import MachineSpec

T = TypeVar("T")


def to_plain(spec: Any) -> dict[str, Any]:
    """A spec as dicts, lists, text and integers."""
    return {name: _plain(value) for name, value in asdict(spec).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value


def from_plain(cls: type[T], plain: dict[str, Any]) -> T:
    """The spec of type ``cls`` that :func:`to_plain` made ``plain`` from."""
    hints = get_type_hints(cls)
    known = {field.name: _restore(hints[field.name], plain[field.name]) for field in fields(cls)}  # type: ignore[arg-type]
    return cls(**known)


def _restore(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if origin is tuple:
        return tuple(_restore(get_args(hint)[0], item) for item in value)
    if origin is UnionType and value is not None:
        return _restore(next(arg for arg in get_args(hint) if arg is not NoneType), value)
    if is_dataclass(hint):
        return from_plain(hint, value)  # type: ignore[arg-type]
    return value


def machine_from(plain: dict[str, Any]) -> MachineSpec:
    """The machine of an approved plan."""
    return from_plain(MachineSpec, plain)
