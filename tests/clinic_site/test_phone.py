import pytest

from clinic_site import phone


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
    ],
)
def test_to_e164_finds_the_number_among_other_things(typed):
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
def test_to_e164_refuses_what_holds_no_number_with_its_area_code(typed):
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
def test_extension_is_that_of_the_number(typed, found):
    assert phone.extension(typed, "+12488442665") == found
