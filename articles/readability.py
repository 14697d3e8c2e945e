"""How hard a text is to read: its grade, its long sentences and words to avoid."""

import re
from html import unescape

LONG_SENTENCE_WORDS = 20
ADVISED_GRADE = 8


def sentences(text: str) -> list[str]:
    """The sentences of rich or plain text.

    The end of a list item or paragraph ends a sentence even without a full stop.
    """
    lines = unescape(re.sub(r"<[^>]+>", "", re.sub(r"</?(?:p|ul|ol|li|br)\b[^>]*>", "\n", text)))
    found = [s for line in lines.splitlines() for s in re.split(r"(?<=[.?!])\s+", line.strip())]
    return [sentence for sentence in found if sentence]


def words(sentence: str) -> list[str]:
    return re.findall(r"[\w'’-]+", sentence)


def syllables(word: str) -> int:
    """An estimate: groups of vowels, plus vowels spoken apart, minus each silent e."""
    word = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", word))
    spoken_apart = len(
        re.findall(
            r"(?<![cst])ia(?!l)|scia|(?<![cst])io(?!n)|[^q]ua(?!r)|eo(?!p)|rea(?=ct)|sms?$", word
        )
    )
    silent = len(re.findall(r"[^aeiouy]e(?=(?:ly|ment|ness|ful)$)", word))
    silent += bool(re.search(r"(?<!l)(?<=[^aeiouy])e$|[aeiou]le$|[^aeiouytd]ed$", word))
    silent += bool(re.search(r"[^aeiouylscgxzh]es$|[aeiou]les$|thes$", word))
    return max(groups + spoken_apart - silent, 1)


def grade(text_sentences: list[str]) -> float:
    """Flesch-Kincaid grade level: Kincaid and others, 1975, Research Branch Report 8-75."""
    tokens = [word for sentence in text_sentences for word in words(sentence)]
    if not tokens:
        return 0.0
    syllable_count = sum(syllables(word) for word in tokens)
    return 0.39 * len(tokens) / len(text_sentences) + 11.8 * syllable_count / len(tokens) - 15.59


def unadvised_words(text: str, listed: str) -> list[str]:
    """The words of `text` that begin with a word of the comma-separated list.

    For example, "cure" in the list finds "cured" in the text.
    """
    stems = [stem.strip().lower() for stem in listed.split(",") if stem.strip()]
    found = [w for s in sentences(text) for w in words(s) if w.lower().startswith(tuple(stems))]
    return list(dict.fromkeys(found)) if stems else []


def advice(text: str, *, listed: str) -> list[str]:
    """Sentences that tell the author how to make the text easier to read.

    The first names the grade (Flesch-Kincaid). A text without sentences has no advice.
    """
    found = sentences(text)
    if not found:
        return []
    level = grade(found)
    lines = [f"Reading level: grade {max(level, 0):.0f}."]
    if level > ADVISED_GRADE:
        lines[0] += f" Grade {ADVISED_GRADE} or lower reads better in pain: use shorter words."
    lines += [
        f"{len(words(sentence))} words in one sentence: “{sentence}”"
        for sentence in sorted(found, key=lambda s: -len(words(s)))[:3]
        if len(words(sentence)) > LONG_SENTENCE_WORDS
    ]
    if unadvised := unadvised_words(text, listed):
        lines.append(f"Words that need evidence behind them: {', '.join(unadvised)}.")
    return lines
