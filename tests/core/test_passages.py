"""Passages follow the structure and lose nothing."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.pages import Block, BlockKind, Page, Passage, Span
from app.core.passages import HEADING_LIMIT_CHARS, MAX_CHARS, TARGET_CHARS, WIDE_COST, passages_of

TARGET, MOST = 60, 100


def split(text: str) -> list[Span]:
    return [Span(match.start(), match.end()) for match in re.finditer(r"\S[^.]*\.?", text)]


def page(number: int, *parts: tuple[BlockKind, int, str]) -> Page:
    text, blocks = "", []
    for kind, level, words in parts:
        text += "\n\n" if text else ""
        blocks.append(Block(kind, len(text), len(text) + len(words), level))
        text += words
    return Page(number, text, tuple(blocks))


def heading(words: str, level: int = 1) -> tuple[BlockKind, int, str]:
    return BlockKind.HEADING, level, words


def paragraph(words: str) -> tuple[BlockKind, int, str]:
    return BlockKind.PARAGRAPH, 0, words


def texts(pages: list[Page], **limits: int) -> list[str]:
    by_number = {page.number: page.text for page in pages}
    return [by_number[one.page][one.start : one.end] for one in passages_of(pages, split, **limits)]


words = st.text(alphabet="ab .\n\t\u3000漢é😀", max_size=40)
kinds = st.sampled_from(list(BlockKind))
parts = st.lists(st.tuples(kinds, st.integers(0, 6), words | words.map(lambda text: text * 9)), max_size=9)


@st.composite
def pages_with_gaps(draw: st.DrawFn) -> list[Page]:
    """Return pages some of whose blocks were taken away, so that there is text that no block covers."""
    pages: list[Page] = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        whole = page(number, *draw(parts))
        kept = tuple(block for block in whole.blocks if draw(st.integers(0, 4)))
        pages.append(Page(number, whole.text, kept))
    return pages


@given(pages_with_gaps())
@settings(max_examples=100, deadline=None)
def test_every_visible_character_is_in_exactly_one_passage(pages: list[Page]) -> None:
    found = passages_of(pages, split, TARGET, MOST)
    for one in pages:
        covered = [0] * len(one.text)
        for passage in found:
            if passage.page == one.number:
                for place in range(passage.start, passage.end):
                    covered[place] += 1
        assert all(count == 1 for count, character in zip(covered, one.text, strict=True) if not character.isspace())
        assert max(covered, default=0) <= 1


@given(pages_with_gaps())
@settings(max_examples=60, deadline=None)
def test_passages_are_in_order_in_range_and_never_blank(pages: list[Page]) -> None:
    found = passages_of(pages, split, TARGET, MOST)
    sizes = {one.number: one.text for one in pages}
    assert [(one.page, one.start) for one in found] == sorted((one.page, one.start) for one in found)
    for one in found:
        assert 0 <= one.start < one.end <= len(sizes[one.page])
        assert sizes[one.page][one.start : one.end].strip() == sizes[one.page][one.start : one.end]


@given(pages_with_gaps())
@settings(max_examples=60, deadline=None)
def test_a_passage_is_longer_than_the_limit_only_by_its_headings(pages: list[Page]) -> None:
    for text in texts(pages, target_chars=TARGET, max_chars=MOST):
        cost = sum(WIDE_COST if character >= "\u2e80" else 1 for character in text)
        assert cost <= MOST + TARGET + WIDE_COST * HEADING_LIMIT_CHARS


def test_paragraphs_without_headings_stay_within_the_limit() -> None:
    pages = [page(1, *(paragraph(f"Sentence number {n} of a longer text." * (n % 7 + 1)) for n in range(60)))]
    lengths = [len(text) for text in texts(pages)]
    assert max(lengths) <= MAX_CHARS
    assert sum(lengths) / len(lengths) > TARGET_CHARS / 2


def test_a_sentence_is_cut_only_where_it_alone_is_too_long() -> None:
    sentence = "word " * 15 + "end."
    pages = [page(1, paragraph(" ".join([sentence] * 6)), paragraph("x" * 250))]
    for text in texts(pages, target_chars=TARGET, max_chars=MOST):
        assert text.endswith("end.") or set(text) == {"x"}


def test_a_too_long_sentence_is_cut_at_a_space() -> None:
    pages = [page(1, paragraph("wordy " * 100))]
    found = texts(pages, target_chars=TARGET, max_chars=MOST)
    assert len(found) > 1
    assert all(re.fullmatch(r"(wordy ?)+", text) for text in found)


def test_a_heading_goes_with_what_follows_it() -> None:
    pages = [page(1, paragraph("a" * 58 + "."), heading("Costs"), paragraph("b" * 50 + "."))]
    assert texts(pages, target_chars=TARGET, max_chars=MOST)[1].startswith("Costs")


def test_a_heading_at_the_foot_of_a_page_does_not_stand_alone() -> None:
    pages = [page(1, paragraph("a" * 58 + "."), heading("Costs")), page(2, paragraph("b" * 50 + "."))]
    found = passages_of(pages, split, TARGET, MOST)
    assert [(one.page, one.headings) for one in found] == [(1, ()), (2, ("Costs",))]


def test_a_page_of_nothing_but_a_heading_is_a_passage() -> None:
    assert passages_of([page(1, heading("Annex"))], split) == (Passage(1, 0, 5, ("Annex",)),)


def test_the_heading_path_is_carried_over_pages_and_closed_by_its_peers() -> None:
    body = paragraph("b" * 50 + ".")
    pages = [
        page(1, heading("One"), heading("Deep", 2), body),
        page(2, body, heading("Other", 2), body),
        page(3, heading("Two"), body),
    ]
    found = [one.headings for one in passages_of(pages, split, TARGET, MOST)]
    assert found == [("One", "Deep"), ("One", "Deep"), ("One", "Other"), ("Two",)]


def test_short_sections_share_a_passage_under_their_common_heading() -> None:
    pages = [page(1, heading("Parts"), heading("A", 2), paragraph("a."), heading("B", 2), paragraph("b."))]
    found = passages_of(pages, split)
    assert [one.headings for one in found] == [("Parts",)]


def test_a_table_is_whole_where_it_fits_and_cut_at_rows_where_not() -> None:
    small = "\n".join(f"row {n}\t{n}" for n in range(8))
    large = "\n".join(f"row {n:02}\t{n:02}" for n in range(40))
    pages = [page(1, paragraph("x" * 50 + "."), (BlockKind.TABLE, 0, small)), page(2, (BlockKind.TABLE, 0, large))]
    found = texts(pages, target_chars=TARGET, max_chars=MOST)
    assert found[1] == small
    rows = [row for text in found[2:] for row in text.split("\n")]
    assert rows == large.split("\n")


def test_list_items_stay_whole() -> None:
    items = [(BlockKind.LIST_ITEM, 0, f"{n}. First half. Second half.") for n in range(20)]
    for text in texts([page(1, *items)], target_chars=TARGET, max_chars=MOST):
        assert re.match(r"\d+\. First half\.", text)
        assert text.endswith("Second half.")


def test_a_short_rest_joins_the_passage_before() -> None:
    found = texts([page(1, paragraph("a" * 80 + "."), paragraph("End."))], target_chars=TARGET, max_chars=MOST)
    assert len(found) == 1


def test_wide_characters_make_passages_shorter() -> None:
    sentence = "漢" * 19 + "."
    wide = texts([page(1, paragraph(sentence * 40))])
    assert max(map(len, wide)) * WIDE_COST <= MAX_CHARS + 2 * WIDE_COST
