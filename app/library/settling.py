"""What a document becomes whose text is that of its content, as SQL. Used in the engine's process."""

_HAS_PASSAGES = "EXISTS (SELECT 1 FROM texts t WHERE t.id = text_id AND t.passages > 0)"
SETTLED = f"CASE WHEN {_HAS_PASSAGES} THEN 'ready' ELSE 'failed' END"
SETTLED_REASON = f"CASE WHEN {_HAS_PASSAGES} THEN '' ELSE 'no_text' END"
"""Without passages it waits for its scans to be recognised."""

OUTDATED = (
    "(outdated AND (state = 'ready' OR (state = 'failed' AND reason NOT IN"
    " ('encrypted', 'unreadable', 'changed_while_read'))) AND NOT (container_id IS NOT NULL AND digest = x''))"
)
"""Of a document that an older reader read, or could not read: it stays what it is until it was read again."""

IN_HAND = f"(state = 'reading' OR {OUTDATED})"
"""Of a document that is being read, as far as its row can tell."""
