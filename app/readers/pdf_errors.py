"""What MuPDF and its binding raise about a document. Runs in the reader's process."""

import pymupdf

# What they raise on damaged files; the binding's own slips are among them.
LIBRARY_ERRORS = (
    RuntimeError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    OSError,
    pymupdf.mupdf.FzErrorBase,  # pyright: ignore[reportPrivateImportUsage] - its only name
)
