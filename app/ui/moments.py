"""Days and times as the window writes them: months by name, for 3/11 is two days. Window process."""

from datetime import datetime

from PySide6.QtCore import QDate, QLocale, QTime

from app.ui.sentences import translate


def day_words(moment: datetime, *, has_year: bool = True) -> str:
    """Return a day, as `23 Nov 2026`."""
    day = QDate(moment.year, moment.month, moment.day)
    return QLocale().toString(day, "d MMM yyyy" if has_year else "d MMM")


def time_words(moment: datetime) -> str:
    """Return the time of a day as people write it here: `14:02`."""
    return QLocale().toString(QTime(moment.hour, moment.minute), QLocale.FormatType.ShortFormat)


def moment_words(ns: int) -> str:
    """Return a moment, a count of nanoseconds since 1970: the time of today, else the day and the time."""
    moment = datetime.fromtimestamp(ns / 1e9)
    if moment.date() == datetime.now().date():
        return translate("moments", "today, {time}").replace("{time}", time_words(moment))
    return f"{day_words(moment)}, {time_words(moment)}"
