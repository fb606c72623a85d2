"""What a document becomes whose text is that of its content, as SQL. Used in the engine's process."""

_HAS_PASSAGES = "EXISTS (SELECT 1 FROM texts t WHERE t.id = text_id AND t.passages > 0)"
SETTLED = f"CASE WHEN {_HAS_PASSAGES} THEN 'ready' ELSE 'failed' END"
SETTLED_REASON = f"CASE WHEN {_HAS_PASSAGES} THEN '' ELSE 'no_text' END"
"""Without passages it waits for its scans to be recognised."""
