"""Icons of one family (Phosphor, MIT), coloured when drawn, and the button that carries one. Window process."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap, QTransform
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

SIZE_PX = 20


class Icons:
    """All icons, read once from a folder of SVG files."""

    def __init__(self, folder: Path) -> None:
        self._svgs = {path.stem: path.read_text("utf-8") for path in folder.glob("*.svg")}
        self._drawn: dict[tuple[str, int, int, float], QPixmap] = {}

    def pixmap(self, name: str, colour: QColor, size_px: int = SIZE_PX, ratio: float = 1.0) -> QPixmap:
        """Return an icon in a colour at a device pixel ratio.

        Raises:
            KeyError: there is no such icon.
        """
        key = (name, colour.rgb(), size_px, ratio)
        if key not in self._drawn:
            svg = self._svgs[name].replace("currentColor", colour.name())
            pixmap = QPixmap(QSize(size_px, size_px) * ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(pixmap.rect()))
            painter.end()
            pixmap.setDevicePixelRatio(ratio)
            self._drawn[key] = pixmap
        return self._drawn[key]


class IconButton(QToolButton):
    """A button of one icon, with its name for screen readers and as its tooltip."""

    def __init__(self, icons: Icons, icon: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._icon = icon
        self._mirrored = False
        self._role = QPalette.ColorRole.PlaceholderText
        self.setIconSize(QSize(SIZE_PX, SIZE_PX))
        self.set_name(name)
        self._draw()

    def set_name(self, name: str) -> None:
        """Say what a press does."""
        self.setAccessibleName(name)
        self.setToolTip(name)

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self._draw()

    def set_mirrored(self) -> None:
        """Draw the icon the other way round, for what is on the other side."""
        self._mirrored = True
        self._draw()

    def set_colour_role(self, role: QPalette.ColorRole) -> None:
        """Draw in another colour of the palette."""
        self._role = role
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Draw again in the colours of a new palette."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange):
            self._draw()

    def _draw(self) -> None:
        colour = QApplication.palette().color(QPalette.ColorGroup.Normal, self._role)
        pixmap = self._icons.pixmap(self._icon, colour, SIZE_PX, self.devicePixelRatioF())
        self.setIcon(QIcon(pixmap.transformed(QTransform.fromScale(-1, 1)) if self._mirrored else pixmap))
