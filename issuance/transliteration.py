"""Names as passports' machine-readable zones write them: A to Z, and "<" between the parts.

Sources: ICAO Doc 9303 part 3, section 6 (Latin, Cyrillic, Arabic). It has no table for other scripts: Greek
after ELOT 743, Georgian after the national system of 2002, Armenian after BGN/PCGN 1981 without its marks,
Hebrew consonants after the Academy's simple system. A fallback: the registry's own spelling goes before it.
"""

import re
import unicodedata

from issuance import errors

MAX_LENGTH = 80  # characters of a name, EU DCC schema 1.3

_SEPARATORS = re.compile(r"[\s<\u2010-\u2015\u05be/-]+")


class UnknownLetter(errors.IssuanceError):
    """A letter of a script that no table here covers: dropping it would make another name."""


def standardise(name: str) -> str:
    """The name in A to Z and "<", cut at 80; "" for one without letters. Raises UnknownLetter."""
    # Lower case first: upper case would split "ß" and move Georgian to letters that few fonts have.
    words = _SEPARATORS.split(unicodedata.normalize("NFC", name).lower())
    national = _national_cyrillic(name.lower())
    written = (_word(word, national) for word in words)
    return "<".join(word for word in written if word)[:MAX_LENGTH].rstrip("<")


def _word(word: str, national: dict[str, str]) -> str:
    for pattern, replacement in _IN_CONTEXT:
        word = pattern.sub(replacement, word)
    return "".join(
        (national.get(f"^{letter}") if at == 0 else None) or national.get(letter) or _letter(letter)
        for at, letter in enumerate(word)
    )


def _letter(letter: str) -> str:
    if letter in _LETTERS:
        return _LETTERS[letter]
    base = unicodedata.normalize("NFD", letter)[0]
    if base in _LETTERS:
        return _LETTERS[base]
    if unicodedata.category(letter).startswith("L"):
        raise UnknownLetter("a letter without a rule of transliteration")
    return ""


def _national_cyrillic(name: str) -> dict[str, str]:
    return next((table for marks, table in _CYRILLIC_NATIONAL if marks.search(name)), {})


def _pairs(letters: str, written: str) -> dict[str, str]:
    return dict(zip(letters.split(), written.split(), strict=True))


_LATIN = {letter: letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"} | _pairs(
    "ä  å  æ  ð đ ħ ı ĳ  ĸ ł ŀ ŋ ö  ø  œ  ß  þ  ŧ ü  ə ɓ ɗ ƙ ƴ",
    "AE AA AE D D H I IJ Q L L N OE OE OE SS TH T UE A B D K Y",
)
# Letters to Unicode, but not of anybody's name.
_SIGNS = {"ª": "", "º": "", "µ": "", "ʻ": "", "ʼ": "", "ʹ": "", "ʺ": "", "ـ": ""}

_CYRILLIC = (
    _pairs(
        "а б в г ґ д ђ ѓ е ё є  ж  з ѕ  и і ї й ј к ќ л љ  м н њ  о п р с т ћ у ў ф х  ц  ч  џ  ш  щ",
        "A B V G G D D G E E IE ZH Z DZ I I I I J K K L LJ M N NJ O P R S T C U U F KH TS CH DZ SH SHCH",
    )
    | _pairs("ъ  ы э ю  я  ѣ  ѫ ѳ ѵ", "IE Y E IU IA IE U F Y")
    | {"ь": ""}
)
# As passports of Kazakhstan write them; 9303 has two of these, "ғ" alike and "һ" as C, which is meant for "ћ".
_KAZAKH = _pairs("ә ғ қ ң ө ұ ү һ", "A G K N O U U H")
# 9303 leaves these to the language; letters that it alone has tell which it is, and the first that fits decides.
# "^": at the beginning of a word. Left out is its H for the Serbian "г", which no passport of Serbia has.
_CYRILLIC_NATIONAL: tuple[tuple[re.Pattern[str], dict[str, str]], ...] = tuple(
    (re.compile(marks), table)
    for marks, table in (
        (f"[{''.join(_KAZAKH)}]", {}),
        ("ў|і.*[ыэё]|[ыэё].*і", _pairs("г ё", "H IO")),  # Belarusian
        ("[ґєїі]", _pairs("г и ^є ^ї ^й ^ю ^я", "H Y YE YI Y YU YA")),  # Ukrainian
        ("[ѓќѕ]", _pairs("ѓ ќ џ х ц", "GJ KJ DJ H C")),  # Macedonian
        ("[ђћљњџј]", _pairs("ж х ц ч ш", "Z H C C S")),  # Serbian
    )
)

_GREEK = _pairs(
    "α β γ δ ε ζ η θ  ι κ λ μ ν ξ ο π ρ σ ς τ υ φ χ  ψ  ω",
    "A V G D E Z I TH I K L M N X O P R S S T Y F CH PS O",
)
_GEORGIAN = _pairs(
    "ა ბ გ დ ე ვ ზ თ ი კ ლ მ ნ ო პ ჟ  რ ს ტ უ ფ ქ ღ  ყ შ  ჩ  ც  ძ  წ  ჭ  ხ  ჯ ჰ",
    "A B G D E V Z T I K L M N O P ZH R S T U P K GH Q SH CH TS DZ TS CH KH J H",
)
_ARMENIAN = _pairs(
    "ա բ գ դ ե զ է ը թ ժ  ի լ խ  ծ  կ հ ձ  ղ  ճ  մ յ ն շ  ո չ  պ ջ ռ ս վ տ ր ց  ւ փ ք օ ֆ և",
    "A B G D E Z E Y T ZH I L KH TS K H DZ GH CH M Y N SH O CH P J R S V T R TS V P K O F EV",
)
_HEBREW = _pairs(
    "א ב ג ד ה ו ז ח ט י כ ך ל מ ם נ ן ס ע פ ף צ  ץ  ק ר ש  ת",
    "A B G D H V Z H T Y K K L M M N N S A P P TS TS K R SH T",
)
_ARABIC = (
    _pairs(
        "ء  آ   أ   ؤ إ ئ  ا ب ة   ت ث   ج ح  خ   د ذ   ر ز س ش   ص   ض   ط   ظ   ع غ ف ق ك ل م ن ه و ى   ي",
        "XE XAA XAE U I XI A B XTA T XTH J XH XKH D XDH R Z S XSH XSS XDZ XTT XZZ E G F Q K L M N H W XAY Y",
    )
    | _pairs(
        "ٱ   ٹ   ټ   پ ځ   څ   چ  ڈ   ډ   ڑ   ړ   ږ   ژ  ښ   ڤ ڥ",
        "XXA XXT XRT P XKE XXH XC XXD XDR XXR XRR XRX XJ XXS V XF",
    )
    | _pairs(
        "ک   ګ   ڭ   گ   ں   ڼ   ھ   ۀ   ہ   ۂ   ۃ   ی   ۍ   ې ے   ۓ",
        "XKK XXK XNG XGG XNN XXN XDO XYH XXG XGE XTG XYA XXY Y XYB XBE",
    )
    | dict.fromkeys("ڜڢڧڨ", "")
)

_LETTERS = _LATIN | _SIGNS | _CYRILLIC | _KAZAKH | _GREEK | _GEORGIAN | _ARMENIAN | _HEBREW | _ARABIC

# What letters become by their neighbours, at the beginning or the end of a word. Results are small Latin
# letters, which the tables above turn into capitals.
_IN_CONTEXT = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        ("([αεη])[υύ](?=[αεηιουωάέήίόύώβγδζλμνρ])", r"\1v"),
        ("([αεη])[υύ]", r"\1f"),
        ("ο[υύ]", "ou"),
        ("^μπ|μπ$", "b"),
        ("γ(?=[γξχ])", "n"),
        ("ու", "u"),
        ("^ե(?=.)", "ye"),
        ("^ո(?!վ)", "vo"),
        ("^և", "yev"),
        # What is written twice by a mark is written twice (9303, table C, note 3); NFC puts vowels before the mark.
        ("(.)([\u064b-\u0650\u0652\u0670]*)\u0651", r"\1\1\2"),
        ("ة$", "xah"),
    )
)
