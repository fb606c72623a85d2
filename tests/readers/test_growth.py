"""Files with very many of one thing, whose readers would take the square of it: what is bounded, and what stays."""

import io

from selectolax.lexbor import LexborHTMLParser

from app.readers import tables
from app.readers.html_tags import ATTRIBUTE_LIMIT, shortened
from app.readers.mail_parts import parsed
from app.readers.reading import read
from app.readers.tables import Cell, laid_out
from tests.readers.shown import pages


def test_a_tag_with_very_many_attributes_keeps_the_first_of_them_and_the_text_is_the_same() -> None:
    for value in ("1", '">"', "'a b>'", '"a" x'):
        many = " ".join(f"a{n}={value}" for n in range(3 * ATTRIBUTE_LIMIT))
        page = f"<!-- <p {many} --><p {many}>Quinces.</p><p class='a > b'>Medlars.</p>"
        (first, second) = LexborHTMLParser(shortened(page)).css("p")
        assert len(first.attributes) <= ATTRIBUTE_LIMIT
        assert "a0" in first.attributes
        assert second.attributes == {"class": "a > b"}
        assert [found.text for found in pages(page.encode(), "a.html")] == ["Quinces.\n\nMedlars."]


def test_a_page_whose_tags_are_as_pages_have_them_is_left_as_it_is() -> None:
    image = "data:image/png;base64," + "iVBORw0KGgo=" * 9000
    page = f'<p class=a title=\'x > y\'>a < b & c = "d<p><img src="{image}" alt=Pot><!-- <a href="b --><b>Bold' * 3
    assert shortened(page) == page


def test_cells_that_reach_into_very_many_rows_end_where_no_table_has_so_many() -> None:
    rows = [[Cell(f"a{n}", rows=10_000), Cell("b")] for n in range(2000)]
    found = list(laid_out(rows))
    assert found[100] == {n: f"a{n}" for n in range(101)} | {101: "b"}
    assert sum(map(len, found)) < tables._REACHING_LIMIT + 2 * len(rows)
    assert found[-1][0] == "a1999"


def test_of_a_part_s_description_no_more_is_read_than_such_a_one_has() -> None:
    many = b"; ".join(b"a%d=b" % n for n in range(40_000))
    mail = parsed(b"Content-Type: text/plain; charset=utf-8; " + many + b"\nX-Long: " + many + b"\n\nQuinces.")
    assert mail.get_content_charset() == "utf-8"
    assert 1000 < len(mail.get_params() or ()) < 4000
    assert len(mail["X-Long"]) == len(many)


def test_a_name_in_pieces_and_whole_as_well_is_no_damage() -> None:
    content = (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nQuinces.\n--b\nContent-Type: text/plain\n"
        b"Content-Disposition: attachment; filename*=utf-8''b.txt; filename*0=\"a.\"; filename*1=txt\n\nx\n--b--"
    )
    found = read(io.BytesIO(content), "a.eml")
    assert [member.name for member in found.members] == ["a.txt"]
    assert "Quinces." in found.pages[0].text
