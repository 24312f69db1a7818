"""Makes orders_500.csv, a water shop's export with seven bad rows, and orders_500.json, exactly what must come of it.

    python -m tests.imports.files.make_orders_500

The list says whom the robots it names must write to and why every other order stays silent. It is worked out here from
how the rows were made, not by the product's code. Nothing is random: the files come out the same every time.
"""

import csv
import io
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
ROWS = 500
HEADERS = [
    *("orderNumber", "clientName", "address", "contactPhone", "contactEmail", "firstName", "total", "paymentType"),
    *("fulfilment", "stage", "placedAt", "promisedMinutes", "contents", "примечание"),
]
FIRST_NAMES = ["Иван", "Мария", "Пётр", "Ольга", "Алексей", "Юлия", "Сергей", "Анна"]
LAST_NAMES = ["Петренко", "Белых", "Черных", "Седых", "Коваленко", "Живаго", "Ткаченко"]
STREETS = ["Ленина", "Садовая", "Мира", "Лесная", "Щорса", "Ёлочная", "Цветочная"]
STAGES = ["Новый", "Новый", "", "В пути", "Готовится", "Новый", "Готов", "Доставлен", "Новый", "Отменён"]
LINE = [
    ["Новый", "new"],
    ["Готовится", "preparing"],
    ["Готов", "ready"],
    ["В пути", "on_the_way"],
    ["Доставлен", "delivered"],
    ["Отменён", "cancelled"],
]
ROBOTS = [
    {"stage": "Новый", "channel": "sms", "subject": "", "body": "Заказ {order_number} принят. К оплате {total} руб."},
    {
        "stage": "В пути",
        "channel": "sms",
        "subject": "",
        "body": "{first_name|Здравствуйте}, заказ {order_number} в пути.",
    },
    {
        "stage": "Новый",
        "channel": "email",
        "subject": "Заказ {order_number}",
        "body": "Здравствуйте, {first_name|клиент}! Заказ {order_number} на {total_with_currency} принят.",
    },
]
OPTED_OUT = {60, 160}
LANDLINE = 303
# row's place among the data rows -> what is wrong: column, cell
BAD = {
    40: ("contactPhone", "12"),
    95: ("placedAt", "31.13.2026 10:00"),
    150: ("total", "сто рублей"),
    210: ("stage", "Летит"),
    280: ("clientName", "Очень длинное имя " * 17),
    350: ("contactPhone", "7,9161E+10"),
    430: ("orderNumber", "В-0100"),
}
Row = dict[str, str]


def digits_of(position: int) -> str:
    return f"{9161000000 + position * 37}"


def written_phone(position: int) -> str:
    digits = digits_of(position)
    forms = ["+7 {} {}-{}-{}", "8 ({}) {}-{}-{}", "8{}{}{}{}"]
    return forms[position % 3].format(digits[:3], digits[3:6], digits[6:8], digits[8:])


def written_amount(kopecks: int) -> str:
    rubles = f"{kopecks // 100:,}".replace(",", " ")
    return f"{rubles},{kopecks % 100:02}"


def amount_of(position: int) -> int:
    return 45_000 + position * 733


def make_row(position: int) -> Row:
    first, last = FIRST_NAMES[position % 8], LAST_NAMES[position % 7]
    row = {
        "orderNumber": f"В-{position:04}",
        "clientName": f"{last} {first} {position}",
        "address": f"г. Тула, ул. {STREETS[position % 7]}, д. {position % 90 + 1}, кв. {position}",
        "contactPhone": "" if position % 25 == 7 else written_phone(position),
        "contactEmail": f"client{position}@example.com" if position % 5 == 0 else "",
        "firstName": first if position % 2 else "",
        "total": written_amount(amount_of(position)),
        "paymentType": ["наличные", "картой", "онлайн"][position % 3],
        "fulfilment": "самовывоз" if position % 20 == 13 else "доставка",
        "stage": STAGES[position % 10],
        "placedAt": f"{position % 28 + 1:02}.03.2026 {8 + position % 12:02}:{position % 60:02}",
        "promisedMinutes": "90",
        "contents": f"Вода 19 л, {position % 4 + 1} шт.",
        "примечание": "домофон" if position % 9 == 0 else "",
    }
    if position % 50 == 21:  # the same place as the row before, to the comma; it brings no address of its own
        row |= same_place(position - 1)
    elif position % 50 == 22:  # the place of two rows before but for one comma: another place, and nobody to write to
        row |= same_place(position - 2)
        row["address"] = row["address"].replace("ул. ", "ул., ", 1)
    elif position == LANDLINE:
        row["contactPhone"] = "8 (495) 123-45-67"
    if position in BAD:
        column, cell = BAD[position]
        row[column] = cell
    return row


def same_place(position: int) -> Row:
    earlier = make_row(position)
    return {
        "clientName": earlier["clientName"],
        "address": earlier["address"],
        "contactPhone": "",
        "contactEmail": "",
        "firstName": earlier["firstName"],
        "stage": "Новый",
        "fulfilment": "доставка",
    }


def addresses_of(position: int, row: Row) -> dict[str, str]:
    """Where messages about the order go, by channel: its own addresses, else those that its place got before."""
    owner = position - 1 if position % 50 == 21 else position
    own = row if owner == position else make_row(owner)
    phone = f"+7{digits_of(owner)}" if own["contactPhone"] else ""
    return {"sms": phone, "email": own["contactEmail"]}


def fill(text: str, row: Row, position: int) -> str:
    amount = f"{amount_of(position) // 100}.{amount_of(position) % 100:02}"
    name = row["firstName"]
    for placeholder, words in {
        "{order_number}": row["orderNumber"],
        "{total}": amount,
        "{total_with_currency}": f"{amount} RUB",
        "{first_name|Здравствуйте}": name or "Здравствуйте",
        "{first_name|клиент}": name or "клиент",
    }.items():
        text = text.replace(placeholder, words)
    return text


def why_silent(channel: str, position: int, row: Row) -> str:
    if row["fulfilment"] != "доставка":
        return "not a delivery"
    if not addresses_of(position, row)[channel]:
        return "no address"
    if channel == "sms" and position == LANDLINE:
        return "no mobile number"
    if channel == "sms" and position in OPTED_OUT:
        return "opted out"
    return ""


def expectation(rows: list[Row]) -> dict[str, Any]:
    texts, silent = [], {}
    for position, row in enumerate(rows):
        if position in BAD:
            continue
        asked = [robot for robot in ROBOTS if robot["stage"] == (row["stage"] or "Новый")]
        reasons = {robot["channel"]: why_silent(robot["channel"], position, row) for robot in asked}
        for robot in asked:
            if not reasons[robot["channel"]]:
                to = addresses_of(position, row)[robot["channel"]]
                texts.append(
                    [robot["channel"], to, fill(robot["subject"], row, position), fill(robot["body"], row, position)]
                )
        if all(reasons.values()):
            silent[row["orderNumber"]] = reasons or {"": "no robot on this stage"}
    return {
        "company": {"country": "RU", "time_zone": "Europe/Moscow", "currency": "RUB", "language": "ru"},
        "stages": LINE,
        "robots": ROBOTS,
        "opted_out": [f"+7{digits_of(position)}" for position in sorted(OPTED_OUT)],
        "counts": {"created": ROWS - len(BAD), "updated": 0, "unchanged": 0, "refused": len(BAD)},
        "refused": [[position + 2, "" if position == 430 else BAD[position][0]] for position in BAD],
        "texts": texts,
        "silent": silent,
    }


def csv_file(rows: list[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADERS, delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("cp1251")


def list_file(rows: list[Row]) -> bytes:
    return (json.dumps(expectation(rows), ensure_ascii=False, indent=1) + "\n").encode()


def main() -> None:
    rows = [make_row(position) for position in range(ROWS)]
    (FOLDER / "orders_500.csv").write_bytes(csv_file(rows))
    (FOLDER / "orders_500.json").write_bytes(list_file(rows))


if __name__ == "__main__":
    main()
