"""Money without floats: amounts are exact fractions of a fen, what is payable is whole fen, prices are micro-yuan."""

from fractions import Fraction

from jiyun.errors import Exit, kind

FEN_PER_YUAN = 100
MICRO_PER_YUAN = 1_000_000

BAD_PRICE = kind(
    "money.unreadable",
    Exit.USAGE,
    en='{value!r} is not an amount in yuan; write digits with at most six decimals, such as "45.00".',
    zh='{value!r} 不是以元计的金额；请写数字，最多六位小数，例如 "45.00"。',
)


def parse_micro_yuan(value: str | int) -> int:
    """Yuan text (``"45.5"``) as whole micro-yuan, the unit prices are stored in."""
    text = str(value).strip()
    whole, point, decimals = text.partition(".")
    if not (text.isascii() and whole.isdigit() and (decimals.isdigit() or not point) and len(decimals) <= 6 and len(whole) <= 12):
        raise BAD_PRICE(value=value)
    return int(whole) * MICRO_PER_YUAN + int(decimals.ljust(6, "0") or 0)


def show_micro_yuan(micro_yuan: int) -> str:
    """``45500000`` micro-yuan as ``45.50``: yuan, exact, with at least two decimals."""
    whole, rest = divmod(micro_yuan, MICRO_PER_YUAN)
    decimals = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{whole}.{decimals}"


def round_half_even(amount: Fraction) -> int:
    """Whole fen of an exact amount; a tie goes to the even neighbour (the recorded rule ``half-even``)."""
    return round(amount)


def show_fen(fen: int) -> str:
    """``12345`` fen as ``123.45``."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def show_exact(amount_fen: Fraction, places: int = 6) -> str:
    """An exact amount of fen as yuan with ``places`` decimals, for reading; sums are taken from the fraction."""
    scaled = round(amount_fen / FEN_PER_YUAN * 10**places)
    sign = "-" if scaled < 0 else ""
    return f"{sign}{abs(scaled) // 10**places}.{abs(scaled) % 10**places:0{places}d}"
