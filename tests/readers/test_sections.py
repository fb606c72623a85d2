"""Pages for formats that have none."""

from app.core.pages import BlockKind
from app.readers.sections import MOST_CHARS, Part, clean, pages_of


def paragraphs(count: int) -> list[Part]:
    return [Part(BlockKind.PARAGRAPH, f"Paragraph {n}: " + f"word{n} " * 60) for n in range(count)]


def test_pages_hold_every_part_in_order_and_stay_readable() -> None:
    parts = paragraphs(80)
    pages = pages_of(parts)
    shown = [page.text[block.start : block.end] for page in pages for block in page.blocks]
    assert shown == [part.text for part in parts]
    assert max(len(page.text) for page in pages) <= MOST_CHARS + 200


def test_a_part_longer_than_a_page_is_cut_without_losing_words() -> None:
    words = " ".join(f"word{n}" for n in range(5000))
    pages = pages_of([Part(BlockKind.PARAGRAPH, words)])
    assert len(pages) > 5
    assert " ".join(page.text for page in pages) == words


def test_a_new_paragraph_moves_only_the_pages_near_it() -> None:
    parts = paragraphs(200)
    before = {page.text for page in pages_of(parts)}
    changed = [*parts[:20], Part(BlockKind.PARAGRAPH, "A new paragraph. " * 20), *parts[20:]]
    after = [page.text for page in pages_of(changed)]
    assert sum(text not in before for text in after) <= len(after) / 4


def test_blank_parts_leave_nothing() -> None:
    assert pages_of([Part(BlockKind.PARAGRAPH, " \n\t")]) == ()


def test_clean_text_can_be_sent_and_has_one_kind_of_line_end() -> None:
    assert clean("a\r\nb\rc\x00\ud800d\xad\u200be\xa0f") == "a\nb\nc  de f"
