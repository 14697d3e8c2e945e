"""Replaces letters that another program shows as signs with the characters that people saw.

Word writes ≥ as the letter ³ in the font Symbol, and 10² as 10 with a raised 2.
"""

import re

_DIGITS = "0123456789+-−–=()"
_RAISED = {
    "sup": str.maketrans(_DIGITS, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾"),
    "sub": str.maketrans(_DIGITS, "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎"),
}
# The letters that each font shows, and the characters that they look like.
_FONTS = {
    "symbol": str.maketrans(
        "ABCDEFGHIKLMNOPQRSTUWXYZabcdefghiklmnopqrstuwxyz£³±´¸°®¬¹»¥·",
        "ΑΒΧΔΕΦΓΗΙΚΛΜΝΟΠΘΡΣΤΥΩΞΨΖαβχδεφγηικλμνοπθρστυωξψζ≤≥±×÷°→←≠≈∞•",
    ),
    "wingdings": str.maketrans("àßáâüûþ¨ý§lnoqØJKL", "→←↑↓✓✗☑☐☒▪●■□❑➢☺😐☹"),
}
_IN_PRIVATE_AREA = re.compile("[\uf020-\uf0ff]")


def raised(text: str, kind: str) -> str:
    """`text` in raised ("sup") or lowered ("sub") digits, so that 10 with exponent 2 is not 102.

    Where no such characters exist it is written as ^(…) or _(…).
    """
    bare = text.strip()
    if kind == "sup" and bare in {"o", "º"}:
        return "°"
    if not re.search(r"\d", bare) or re.fullmatch(r"\[.*\]", bare):
        return text  # such as the st of 1st, a trademark sign or a footnote's mark
    if re.search(r"[.,/:;]", bare):
        return f"{'^' if kind == 'sup' else '_'}({bare})"
    return text.translate(_RAISED[kind])


def font_of_signs(style: dict[str, str], face: str) -> str:
    """ "symbol" or "wingdings" when the style or <font face> asks for it; else ''."""
    family = style.get("mso-symbol-font-family", "")
    if style.get("mso-char-type") == "symbol":
        family = family or style.get("font-family", "")
    name = (family or face.lower()).partition(",")[0].strip(" \"'")
    return name if name in _FONTS else ""


def as_characters(text: str, font: str) -> str:
    """`text` with the characters that this font shows.

    Characters of Unicode's private area come from the font Symbol when no font is named.
    """
    signs = _FONTS[font or "symbol"]
    text = _IN_PRIVATE_AREA.sub(lambda s: chr(ord(s[0]) - 0xF000).translate(signs), text)
    return text.translate(signs) if font else text
