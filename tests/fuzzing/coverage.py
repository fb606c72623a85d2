"""Fuzzes one format's reader by the code that it reaches: `-m tests.fuzzing.coverage NAME CORPUS [LIBFUZZER OPTIONS]`.

Its own process, because atheris instruments modules as they are imported and ends the process when it is done.
"""

import sys

import atheris

with atheris.instrument_imports(include=["app.readers", "app.core.passages"]):  # pyright: ignore[reportAttributeAccessIssue] - from its compiled part
    from tests.fuzzing.targets import try_file


def main() -> None:
    """Fuzz until libFuzzer's options say that it is enough, or something goes wrong."""
    name = sys.argv.pop(1)

    def try_one(content: bytes) -> None:
        try_file(content, name)

    atheris.Setup(sys.argv, try_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
