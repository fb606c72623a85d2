"""The encoding of texts that do not say it, say it wrongly, or are in two."""

import io

import pytest

from app.core.types import Reason
from app.readers import text
from app.readers.encoding import encoding_of, text_of
from app.readers.refusal import Refusal

GERMAN = "Die Größe der Äpfel überrascht den Händler in Köln; fünf Körbe für Jürgen.\n"


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1252", "Café au lait"),
        ("cp1252", "L'été dernier, nous avons visité le château où régnait l'hiver."),
        ("cp1252", "Es kostet 5 € – „genau“"),
        ("cp1252", "Price: 20 £ only"),
        ("cp1252", "El niño come"),
        ("cp1252", "Não há maçãs; são três."),
        ("cp1252", "Køb æbler på øen"),
        ("cp850", "Größe überall, Köln"),
        ("mac_roman", GERMAN),
        ("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy"),
        ("cp1250", "Árvíztűrő tükörfúrógép"),
        ("cp1250", "żółw i ślimak"),
        ("iso8859-2", "Zażółć gęślą jaźń i pójdź"),
        ("cp1251", "Привет, мир"),
        ("koi8-r", "Яблоки созревают в саду осенью"),
        ("cp866", "Яблоки созревают в саду осенью"),
        ("iso8859-5", "Яблоки созревают в саду осенью"),
        ("cp1253", "Τα μήλα ωριμάζουν το φθινόπωρο"),
        ("cp1254", "Türkçe metin: ağaç, şeker, ışık, İstanbul"),
        ("cp1255", "שלום עולם, מה שלומך"),
        ("cp1256", "قرأتُ الكتاب في المدرسة"),
        ("cp874", "ประเทศไทยมีผลไม้หลายชนิดและอาหารอร่อย"),
        ("gb18030", "苹果在秋天成熟。我们去果园。"),
        ("big5", "蘋果在秋天成熟"),
        ("cp932", "りんごは秋に実る。"),
        ("euc_jp", "日本語のテキスト"),
        ("cp949", "사과는 가을에 익는다"),
    ],
)
def test_a_short_text_is_read_in_its_encoding(encoding: str, words: str) -> None:
    assert text_of(words.encode(encoding)) == words


@pytest.mark.parametrize(
    ("encoding", "words", "declared"),
    [
        ("iso2022_jp", "りんごは秋に実る。", ""),
        ("iso2022_jp", "りんごは秋に実る。", "us-ascii"),
        ("iso2022_jp_ext", "ﾘﾝｺﾞは秋に実る。", "iso-2022-jp"),
        ("iso2022_kr", "사과는 가을에 익는다", ""),
        ("iso2022_jp_2", "りんごは사과秋に", "iso-2022-jp-2"),
        ("iso2022_jp_2004", "俱は秋に", "iso-2022-jp-2004"),
        ("utf-7", "Größe: 5 + 3", "utf-7"),
        ("hz", "苹果在秋天成熟", "hz-gb-2312"),
    ],
)
def test_letters_that_are_written_in_ascii_are_read(encoding: str, words: str, declared: str) -> None:
    assert text_of(b"Plain.\n" * 12_000 + words.encode(encoding), declared).endswith(words)


def test_an_escape_alone_does_not_make_a_text_japanese() -> None:
    words = "ESC: \x1b$Bfoo\nplain line one\n"
    for declared in ("", "us-ascii", "iso-2022-jp"):
        assert "plain line one" in text_of(words.encode(), declared)


def test_one_bad_byte_in_japanese_spoils_no_more_than_itself() -> None:
    content = ("りんごは秋に実る。\n" * 100).encode("iso2022_jp")
    assert text_of(content[:40] + b"\x1b(B" + content[40:] + b"\x1b$B\x24").count("りんごは秋に実る") > 97


def test_ascii_that_only_looks_like_letters_in_it_stays() -> None:
    colours = "\x1b[31mred\x1b[0m a~{b}~ +x- \x1b$x"
    assert text_of(colours.encode()) == text_of(colours.encode(), "utf-8")
    assert "a~{b}~ +x-" in text_of(colours.encode(), "x-none")
    assert text_of(b"1+Gg-2", "utf-7") == "1+Gg-2"


@pytest.mark.parametrize("encoding", ["cp1252", "koi8-r"])
def test_letters_after_a_long_beginning_in_ascii_are_read(encoding: str) -> None:
    words = GERMAN if encoding == "cp1252" else "Яблоки созревают в саду осенью.\n"
    assert text_of(b"Plain.\n" * 12_000 + words.encode(encoding) * 3).endswith(words * 3)


def test_a_text_put_together_of_two_encodings_is_read_in_both() -> None:
    assert text_of(GERMAN.encode() * 20 + GERMAN.encode("cp1252") * 2) == GERMAN * 22


def test_one_bad_byte_spoils_no_more_than_itself() -> None:
    content = GERMAN.encode() * 20 + "Grö\udcffße\n".encode(errors="surrogateescape")
    assert text_of(content) == GERMAN * 20 + "Grö�ße\n"
    assert text_of(b"id,name\n" * 500 + b"1,a\0b\n") == "id,name\n" * 500 + "1,a b\n"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("words", [GERMAN * 4, "果樹園の話は長い。" * 30], ids=["German", "Japanese"])
def test_utf16_without_a_mark_is_known(encoding: str, words: str) -> None:
    assert text_of(words.encode(encoding)) == words


@pytest.mark.parametrize("declared", ["idna", "undefined", "punycode", "unicode_escape", "base64", "a\0b", "x-none"])
def test_what_is_no_encoding_of_text_is_not_believed(declared: str) -> None:
    assert encoding_of(GERMAN.encode("cp1252"), declared) == "cp1252"


def test_a_program_is_still_no_text() -> None:
    with pytest.raises(Refusal) as refused:
        text.pages(io.BytesIO(bytes(range(256)) * 40), "a.txt")
    assert refused.value.reason is Reason.UNSUPPORTED
