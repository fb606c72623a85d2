"""Foreign text made harmless for a prompt: it can spell no control token of a model. Pure; used in the engine.

Chat templates mark turns with strings such as `<|im_end|>` or `[INST]`, which a tokenizer turns into control tokens
wherever they stand. A space after the opening bracket leaves the text legible and breaks every such string.
"""

import re

_ANGLE_NAMES = (
    r"s|bos|eos|pad|unk|cls|sep|mask|eod|eot|eop|sop|nl|image|video|audio|img|tools|think|tool_call|tool_response"
    r"|tool_calls|tool_outputs|start_of_turn|end_of_turn|start_of_image|end_of_image|image_soft_token|end_of_utterance"
    r"|begin_of_text|end_of_text|endoftext|end_of_sentence|begin_of_sentence|start_function_call|end_function_call"
    r"|fake_token_around_image|global-img|repo_name|reponame|file_sep|filename|gh_stars|commit_before|commit_msg"
    r"|commit_after|fim_[a-z]+|fim-[a-z]+|issue_[a-z]+|jupyter_[a-z_]+|empty_output|system|user|assistant|human|bot"
    r"|unused_?\d+|extra_id_\d+|reserved_\d+|special_\d+|SPECIAL_\d+|mask_\d+|seed:[a-z_]+|EOT|BOS|EOS|PAD|[A-Z_]+_TOKEN"
)
_SQUARE_NAMES = (
    r"INST|SYS|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS|TOOL_CALLS|TOOL_CONTENT|CALL_ID|ARGS|THINK|MODEL_SETTINGS"
    r"|IMG|IMG_BREAK|IMG_END|AUDIO|BEGIN_AUDIO|PREFIX|MIDDLE|SUFFIX|CLS|SEP|PAD|UNK|MASK|BOS|EOS|gMASK|sMASK"
    r"|control_\d+|\|[A-Za-z_]+\|"
)
_OPENING = re.compile(rf"<(?=[|｜])|<(?=<?/?SYS>)|<(?=/?(?:{_ANGLE_NAMES})/?>)|\[(?=/?(?:{_SQUARE_NAMES})\])")
_CLOSING = re.compile(r"([|｜])>")  # the wide bar is DeepSeek's

_MARK = re.compile(r"\[(?=\s*\d{1,3}(?:\s*[,;]\s*\d{1,3})*\s*\])")
_DELIMITER = re.compile(r"^(\s*)((?:PASSAGES|QUESTION)\W*)$", re.MULTILINE)


def neutralise(text: str) -> str:
    """Return the text with a space put into whatever a chat template could use as a mark; other text is unchanged."""
    return _CLOSING.sub(r"\1 >", _OPENING.sub(lambda match: match.group() + " ", text))


def quoted(text: str) -> str:
    """Return a document's text as it is quoted to a model: neutralised, and unable to pass for the prompt's own parts.

    A number in square brackets would be taken for a passage's mark, a line that says `QUESTION` for the question's.
    """
    return _DELIMITER.sub(r"\1> \2", _MARK.sub("[ ", neutralise(text)))
