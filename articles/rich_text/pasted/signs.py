"""Signs that other programs write with a style, as the characters they are."""

import re

_DIGITS = "0123456789+-−–=()"
_RAISED = {
    "sup": str.maketrans(_DIGITS, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾"),
    "sub": str.maketrans(_DIGITS, "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎"),
}
# In these fonts Word writes ≥ as ³, and µg as mg.
_FONTS = {
    "symbol": str.maketrans(
        "ABCDEFGHIKLMNOPQRSTUWXYZabcdefghiklmnopqrstuwxyz£³±´¸°®¬¹»¥·",
        "ΑΒΧΔΕΦΓΗΙΚΛΜΝΟΠΘΡΣΤΥΩΞΨΖαβχδεφγηικλμνοπθρστυωξψζ≤≥±×÷°→←≠≈∞•",
    ),
    "wingdings": str.maketrans("àßáâüûþ¨ý§lnoqØJKL", "→←↑↓✓✗☑☐☒▪●■□❑➢☺😐☹"),
}
_IN_PRIVATE_AREA = re.compile("[\uf020-\uf0ff]")


def raised(text: str, kind: str) -> str:
    """`text` as a superscript ("sup") or subscript, so that 10 and its exponent 2 are not 102."""
    bare = text.strip()
    if kind == "sup" and bare in {"o", "º"}:
        return "°"
    if not re.search(r"\d", bare) or re.fullmatch(r"\[.*\]", bare):
        return text  # 1st, a trademark, the mark of a footnote
    if re.search(r"[.,/:;]", bare):
        return f"{'^' if kind == 'sup' else '_'}({bare})"
    return text.translate(_RAISED[kind])


def font_of_signs(style: dict[str, str], face: str) -> str:
    """The font whose letters are signs, when it is one; else ''."""
    family = style.get("mso-symbol-font-family", "")
    if style.get("mso-char-type") == "symbol":
        family = family or style.get("font-family", "")
    name = (family or face.lower()).partition(",")[0].strip(" \"'")
    return name if name in _FONTS else ""


def as_characters(text: str, font: str) -> str:
    """`text` in such a font; signs of the private area are of one, even where none is named."""
    signs = _FONTS[font or "symbol"]
    text = _IN_PRIVATE_AREA.sub(lambda s: chr(ord(s[0]) - 0xF000).translate(signs), text)
    return text.translate(signs) if font else text
