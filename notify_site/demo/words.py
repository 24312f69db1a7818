"""What the demo company tells its customers: a restaurant in Polish, a water delivery in Russian.

Polish SMS go without Polish letters, as is usual there: one of them would halve what fits into a part.
"""

from locations.models import Channel

Words = dict[tuple[str, str], tuple[str, str]]
"""(channel, language) -> (subject, body)"""

SMS, EMAIL = Channel.SMS.value, Channel.EMAIL.value

ACCEPTED: Words = {
    (SMS, "pl"): (
        "",
        "{department_name}: przyjelismy zamowienie {order_number}, do zaplaty {total_with_currency}. "
        "Planowany czas: {delivery_time}. Tel. {department_phone}",
    ),
    (SMS, "ru"): ("", "{dear} {first_name|клиент}! Заказ {order_number} принят. К оплате {total_with_currency}."),
    (EMAIL, "pl"): (
        "Przyjęliśmy zamówienie {order_number}",
        "Dzień dobry!\n\n"
        "Przyjęliśmy zamówienie {order_number}: {contents}.\n"
        "Do zapłaty: {total_with_currency}, płatność: {payment_type}.\n"
        "Adres: {address}. Planowany czas: {delivery_time}.\n\n"
        "{department_name}, tel. {department_phone}",
    ),
    (EMAIL, "ru"): (
        "Заказ {order_number} принят",
        "{dear} {first_name|клиент}!\n\n"
        "Мы приняли заказ {order_number}: {contents}.\n"
        "К оплате {total_with_currency}, оплата: {payment_type}.\n"
        "Адрес: {address}.\n\n"
        "{department_name}, тел. {department_phone}",
    ),
}
READY: Words = {
    (SMS, "pl"): ("", "{department_name}: zamowienie {order_number} jest gotowe. Do zaplaty {total_with_currency}."),
    (SMS, "ru"): ("", "Заказ {order_number} собран и ждёт водителя. {department_name}"),
}
ON_THE_WAY: Words = {
    (SMS, "pl"): ("", "{department_name}: kurier z zamowieniem {order_number} jest w drodze. Smacznego!"),
    (SMS, "ru"): ("", "Водитель с заказом {order_number} уже в пути. К оплате {total_with_currency}."),
    (EMAIL, "pl"): (
        "Zamówienie {order_number} jest w drodze",
        "Kurier jedzie już pod adres {address}.\n"
        "Do zapłaty: {total_with_currency}, płatność: {payment_type}.\n\n"
        "Smacznego!\n{department_name}",
    ),
    (EMAIL, "ru"): (
        "Заказ {order_number} в пути",
        "Водитель едет по адресу: {address}.\n"
        "Приедет {planned_arrival}. К оплате {total_with_currency}, оплата: {payment_type}.\n\n"
        "{department_name}, тел. {department_phone}",
    ),
}
ARRIVING: Words = {
    (SMS, "pl"): ("", "{department_name}: kurier z zamowieniem {order_number} bedzie za {minutes_to_arrival} min."),
    (SMS, "ru"): ("", "Доставим воду через {minutes_to_arrival} мин. Заказ {order_number}, {department_name}"),
}
THANKS: Words = {
    (SMS, "pl"): ("", "Dziekujemy za zamowienie {order_number}! Zapraszamy ponownie, {department_name}."),
    (SMS, "ru"): ("", "Спасибо за заказ {order_number}! Закончится вода, позвоните: {department_phone}"),
}
