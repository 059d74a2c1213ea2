"""``jiyun price``: the price book."""

from cli.frame.options import command, group
from cli.frame.table import column
from cli.session import report, session, when
from jiyun.language import t
from jiyun.money import show_micro_yuan

app = group("price")
COLUMNS = (
    column("book", "BOOK", "价目表", keep=True),
    column("sku", "ITEM", "计价项", keep=True),
    column("unit", "UNIT", "单位"),
    column("price", "YUAN", "单价（元）", number=True),
    column("month_rule", "MONTH", "月规则"),
    column("valid_from", "FROM", "起"),
    column("valid_to", "TO", "止"),
)


@command(app, "list", t("List prices with their dates", "列出价格及其生效日期"), examples=("jiyun price list",))
def list_prices() -> None:
    from workflows import reports

    with session() as opened:
        rows = [
            {
                "book": price.book,
                "sku": price.sku,
                "unit": price.unit,
                "price": show_micro_yuan(price.micro_yuan),
                "month_rule": price.month_rule,
                "valid_from": when(price.valid_from),
                "valid_to": when(price.valid_to),
            }
            for price in reports.price_rows(opened)
        ]
        report(opened, rows, COLUMNS)
