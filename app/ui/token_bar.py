"""The room of a prompt as a bar with a legend: each part has a pattern, not a colour alone. Window process."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.core.tallies import PromptTokens
from app.ui.flow_row import FlowRow
from app.ui.labels import PlainLabel
from app.ui.sentences import translate
from app.ui.theme import Look, Theme

BAR_PX = 16
SWATCH_PX = 12
Pattern = Qt.BrushStyle


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the room: its name, how it is drawn, and its tokens, one number for each piece."""

    words: str
    pattern: Qt.BrushStyle
    accented: bool
    tokens: tuple[int, ...]

    @property
    def total(self) -> int:
        """Return the tokens of all its pieces."""
        return sum(self.tokens)


def parts_of(tokens: PromptTokens) -> tuple[Part, ...]:
    """Return the parts of a context in the order of the prompt."""
    used = tokens.instructions + tokens.conversation + sum(tokens.passages) + tokens.question + tokens.answer_room
    return (
        Part(translate("tokens", "Instructions"), Pattern.SolidPattern, False, (tokens.instructions,)),
        Part(translate("tokens", "Conversation"), Pattern.Dense4Pattern, False, (tokens.conversation,)),
        Part(translate("tokens", "Passages"), Pattern.SolidPattern, True, tokens.passages),
        Part(translate("tokens", "Question"), Pattern.VerPattern, False, (tokens.question,)),
        Part(translate("tokens", "Room for the answer"), Pattern.BDiagPattern, True, (tokens.answer_room,)),
        Part(translate("tokens", "Free"), Pattern.NoBrush, False, (max(tokens.context - used, 0),)),
    )


class TokenBar(QWidget):
    """Shows what each part of a prompt takes of the model's room."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._bar = _Bar(look)
        self._legend = FlowRow(12)
        self._words = PlainLabel("", "quiet", wraps=True)
        self.parts: tuple[Part, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self._words, self._bar, self._legend):
            column.addWidget(part)

    @property
    def words(self) -> str:
        """Return what is said above the bar."""
        return self._words.text()

    def begin(self, words: str) -> None:
        """Say what is going on before there is anything to count; bar and legend have their room already."""
        self.show_tokens(PromptTokens(0, 0, (), 0, 0, 0))
        self._words.setText(words)

    def show_waiting(self, words: str) -> None:
        """Say that the parts are not counted yet; those of before stay."""
        self._words.setText(words)

    def show_tokens(self, tokens: PromptTokens) -> None:
        """Show the parts of a prompt."""
        self.parts = parts_of(tokens)
        used = sum(part.total for part in self.parts[:-1])
        words = self.tr("{used} of {context} tokens are taken, the room for the answer included.")
        self._words.setText(words.format(used=f"{used:,}", context=f"{tokens.context:,}"))
        self._bar.show_parts(self.parts, tokens.context)
        self._legend.show_widgets(tuple(_legend_entry(self._look, part) for part in self.parts))
        told = "; ".join(f"{part.words}: {part.total:,}" for part in self.parts)
        self.setAccessibleName(self.tr("Tokens"))
        self.setAccessibleDescription(told)


class _Bar(QWidget):
    """Draws the parts to scale, a gap after each piece."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._parts: tuple[Part, ...] = ()
        self._context = 1
        self.setFixedHeight(BAR_PX)
        look.changed.connect(self.update)

    def show_parts(self, parts: tuple[Part, ...], context: int) -> None:
        """Show these parts of so many tokens."""
        self._parts, self._context = parts, max(context, 1)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw each piece with the pattern of its part."""
        painter = QPainter(self)
        theme = self._look.theme
        left = 0.0
        room = self.width() - 1
        for part in self._parts:
            for tokens in part.tokens:
                width = room * tokens / self._context
                if tokens:
                    _draw(painter, theme, part, QRectF(left, 0.5, max(width - 1.5, 1), BAR_PX - 1))
                left += width
        painter.end()


class _Swatch(QWidget):
    """Draws one part's pattern."""

    def __init__(self, look: Look, part: Part) -> None:
        super().__init__()
        self._look = look
        self._part = part
        self.setFixedSize(QSize(SWATCH_PX, SWATCH_PX))
        look.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a square of it."""
        painter = QPainter(self)
        _draw(painter, self._look.theme, self._part, QRectF(0.5, 0.5, SWATCH_PX - 1, SWATCH_PX - 1))
        painter.end()


def _legend_entry(look: Look, part: Part) -> QWidget:
    entry = QWidget()
    row = QHBoxLayout(entry)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    row.addWidget(_Swatch(look, part))
    row.addWidget(PlainLabel(f"{part.words}\u00a0{part.total:,}", "quiet"))
    return entry


def _draw(painter: QPainter, theme: Theme, part: Part, rect: QRectF) -> None:
    colour = theme.accent if part.accented else theme.quiet
    painter.setPen(QPen(theme.edge if part.pattern is Pattern.NoBrush else colour, 1))
    painter.setBrush(QBrush(colour, part.pattern))
    painter.drawRect(rect)
