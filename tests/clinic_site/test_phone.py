import pytest
from phonenumbers import PhoneNumber, is_valid_number

from clinic_site import phone

LOCALS = ["5550123", "2345678", "4212345", "9612345"]
# The area codes of the North American plan, without some islands that use few exchanges.
AREA_CODES = [
    code
    for code in range(200, 1000)
    if all(is_valid_number(PhoneNumber(1, int(f"{code}{local}"))) for local in LOCALS)
]
PLAIN_WAYS = [
    "{area}{local}",
    "({area}) {exchange}-{line}",
    "1-{area}-{exchange}-{line}",
    "+1 {area} {exchange} {line}",
    "+1{area}{local}",
    "001 {area} {exchange} {line}",
    "011 1 {area} {exchange} {line}",
    "cell: {area}.{exchange}.{line}, after 5",
    "({area}){local} ext. 12",
    "{exchange}-{line} ({area})",
    "{local} [{area}]",
    "{exchange}-{line}, area code {area}",
]
PLUS_WAYS = [
    "+{area} {exchange} {line}",
    "+{area}{local}",
    "+({area}) {exchange}-{line}",
    "+ {area}.{exchange}.{line}",
    "+1+{area} {exchange} {line}",
    "1+({area}) {exchange}-{line}",
    "011 {area} {exchange} {line}",
    "call +{area}-{exchange}-{line} x12 please",
    "{exchange} {line} {area}",
]
FULL_WIDTH = {ord("+"): "＋", ord("("): "（", ord(")"): "）", ord("-"): "－"} | {
    ord("0") + digit: chr(ord("０") + digit) for digit in range(10)
}


def typed(way, area, local):
    return way.format(area=area, local=local, exchange=local[:3], line=local[3:])


@pytest.mark.parametrize(
    "typed",
    [
        "248 844 2665 (cell)",
        "248-844-2665 cell",
        "(248) 844 - 2665 ext.#5",
        "248-844-2665 or 248-555-0123",
        "2488442665 call after 5",
        "844-2665 or 248-844-2665",
        "1+248-844-2665",
        "1+1-248-844-2665",
        "248_844_2665",
        "248\t844\t2665",
        "248-844-2665 p12",
        "\u202d(248) 844-2665\u202c",
        "248 844 2665 5-7pm",
        "(248) 844-2665 8:30-4",
        "+1 248 844 2665 9am until 5pm",
        "9-5 248 844 2665",
    ],
)
def test_to_e164_finds_the_number_in_other_text(typed):
    assert phone.to_e164(typed) == "+12488442665"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12",
        "call me",
        "555-0123",
        "248-555-01234567",
        "248-844-26655",
        "123-45-6789",
        "1+",
        "_",
    ],
)
def test_to_e164_refuses_text_without_a_number_and_its_area_code(typed):
    with pytest.raises(phone.NotAPhoneNumberError):
        phone.to_e164(typed)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("248-844-2665 x22", "22"),
        ("call 248-844-2665 extension 007", "007"),
        ("248-555-0123 x1 or 248-844-2665 x2", "2"),
        ("248-844-2665", ""),
        ("248-555-0123 x1", ""),
        ("", ""),
    ],
)
def test_extension_belongs_to_the_number(typed, found):
    assert phone.extension(typed, "+12488442665") == found


@pytest.mark.parametrize("is_full_width", [False, True])
@pytest.mark.parametrize("way", PLAIN_WAYS)
def test_number_of_each_area_code_is_read_in_each_way_of_typing(way, is_full_width):
    texts = {typed(way, area, "5550123"): f"+1{area}5550123" for area in AREA_CODES}

    found = {
        text: phone.to_e164(text.translate(FULL_WIDTH) if is_full_width else text) for text in texts
    }

    assert len(found) > 347
    assert found == texts
    assert [text for text in texts if not phone.read(text).is_sure] == []


@pytest.mark.parametrize("local", LOCALS)
@pytest.mark.parametrize("way", PLUS_WAYS)
def test_plus_before_the_area_code_keeps_the_american_reading_first(way, local):
    """If there are two readings, the form asks, and shows the American one first."""
    texts = {typed(way, area, local): f"+1{area}{local}" for area in AREA_CODES}

    assert {text: phone.read(text).e164s[0] for text in texts} == texts


@pytest.mark.parametrize(
    "typed",
    [
        "+92 300 1234567",
        "+923001234567",
        "011 92 300 1234567",
        "0092 300 1234567",
        "+1 +92 300 1234567",
        "my number is +92 300 1234567",
    ],
)
def test_foreign_number_stays_foreign(typed):
    reading = phone.read(typed)

    assert (reading.e164s, reading.is_sure) == (["+923001234567"], True)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+44 20 7946 0958", "+442079460958"),
        ("011 44 20 7946 0958", "+442079460958"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("+36 1 234 5678", "+3612345678"),  # ten digits, and 361 is an area code of Texas
        ("+65 6223 4567", "+6562234567"),
        ("+353 1 234 5678", "+35312345678"),
        ("+248 25 50 123", "+2482550123"),
        ("+52 55 1234 5678", "+525512345678"),
    ],
)
def test_number_in_foreign_groups_is_not_american(typed, number):
    assert phone.read(typed).e164s == [number]


@pytest.mark.parametrize(
    ("typed", "readings"),
    [
        ("+248 255 0123", ["+12482550123", "+2482550123"]),
        ("+501-223-4567", ["+15012234567", "+5012234567"]),
        ("+6562234567", ["+16562234567", "+6562234567"]),
        ("844-2665 248", ["+12488442665", "+18442665248"]),
        ("45 32 12 34 56", ["+14532123456", "+4532123456"]),
        ("(555) 123-4567", ["+15551234567"]),
        ("248-155-0123", ["+12481550123"]),
        ("555-0199 (555)", ["+15555550199"]),
    ],
)
def test_number_with_two_readings_is_not_sure(typed, readings):
    reading = phone.read(typed)

    assert (reading.e164s, reading.is_sure) == (readings, False)


@pytest.mark.parametrize("typed", ["+248 255 0123", "844-2665 248"])
def test_to_e164_chooses_neither_of_two_readings(typed):
    with pytest.raises(phone.UnclearPhoneNumberError):
        phone.to_e164(typed)


@pytest.mark.parametrize(
    ("typed", "number", "found"),
    [
        ("844-2665 (248) x22", "+12488442665", "22"),
        ("+248 255 0123 ext 7", "+12482550123", "7"),
        ("+248 255 0123 ext 7", "+2482550123", "7"),
        ("+1 (248) 555-0123 extension 1234", "+12485550123", "1234"),
        ("tel:+1-248-555-0123;ext=12", "+12485550123", "12"),
    ],
)
def test_extension_is_found_in_every_reading(typed, number, found):
    assert phone.extension(typed, number) == found
