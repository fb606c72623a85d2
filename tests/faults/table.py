"""Prints which faults were tried, survived and lost what, as Markdown, when all is done; a plugin of pytest's.

A test names its fault with `@pytest.mark.fault("…")`. One that tries it many times records so as the property `times`,
one that tries several as `tried`, which is {fault: times}.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest


@dataclass(slots=True)
class Row:
    """What became of a fault."""

    tried: int = 0
    survived: int = 0
    lost: list[str] = field(default_factory=list[str])
    not_tried: str = ""

    @property
    def cells(self) -> str:
        """Return the row's cells behind the first."""
        if not self.tried:
            return f"0 | 0 | not tried: {self.not_tried}"
        return f"{self.tried} | {self.survived} | {'; '.join(dict.fromkeys(self.lost)) or 'nothing'}"


class FaultTable:
    """The rows, by the fault's name."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}

    def pytest_collection_modifyitems(self, items: Sequence[pytest.Item]) -> None:
        """Have each test's report say its fault."""
        for item in items:
            if (fault := item.get_closest_marker("fault")) is not None:
                item.user_properties.append(("fault", fault.args[0]))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test that has ended."""
        noted: dict[str, Any] = dict(report.user_properties)
        if "fault" not in noted or (report.when != "call" and report.passed) or report.when == "teardown":
            return
        tried: dict[str, int] = noted.get("tried") or {noted["fault"]: noted.get("times", 1)}
        for fault, times in tried.items():
            row = self._rows.setdefault(fault, Row())
            if report.skipped:
                row.not_tried = _reason(report)
                continue
            row.tried += times
            if report.passed:
                row.survived += times
            else:
                row.lost.append(f"{report.head_line}: {report.longreprtext.strip().splitlines()[-1]}")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table."""
        terminalreporter.write_line("\n| fault | tried | survived | lost |\n|---|---|---|---|")
        for fault, row in self._rows.items():
            terminalreporter.write_line(f"| {fault} | {row.cells} |")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the table as long as this run lasts."""
    config.pluginmanager.register(FaultTable(), "fault-table")


def _reason(report: pytest.TestReport) -> str:
    return report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else ""
