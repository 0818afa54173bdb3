"""Names and values of a source that read like instructions to whoever processes them: reported, never followed."""

from __future__ import annotations

import re

from onboarding.spec.plans import Decision
from onboarding.spec.profile import ColumnProfile, ProfileReport

#: What nobody writes into a column for its own sake. Words between the two parts may stand in between.
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(ignore|disregard|forget|override)\b.{0,40}\b(instructions?|prompts?|rules?|above|previous|prior|everything)\b",
        r"\b(ignoriere|vergiss)\b.{0,40}\b(anweisung\w*|regeln|alles)\b",
        r"\b(ignorez|oubliez|ignora|olvida)\b.{0,40}\b(instructions?|instrucciones|r.gles|reglas)\b",
        r"\b(system|developer|hidden) ?(prompt|message|instructions?)\b",
        r"\byou (are|must|should|will) (now |always |never )?(an? )?(assistant|ai|model|agent|obey)\b",
        r"\byou (must|should|will) (now |always |never )?(answer|reply|reveal|output|classify|mark|approve|keep)\b",
        r"\b(do not|don.t|never) (mask|hash|redact|classify|report|quarantine|flag)\b",
        r"\b(mark|classify|treat) (this|it|all|every|the)\b.{0,40}\b(public|harmless|no[nt].?personal|safe)\b",
        r"\b(approve|deploy) (this|it|everything|without)\b",
        r"(^|\s)(assistant|system|human|user) ?: ?\S",
        r"</?(data|system|instructions?|prompt|tool_use|function_calls?)\b[^>]*>?",
        r"<\|[a-z_ ]+\|>|\[/?INST\]",
    )
)
_SHOWN_CHARACTERS = 60


def is_like_an_instruction(text: str) -> bool:
    """Whether a text speaks to its reader rather than about something."""
    spoken = re.sub(r"[_\s]+", " ", text)
    return any(pattern.search(spoken) for pattern in _PATTERNS)


def instruction_decisions(profile: ProfileReport) -> list[Decision]:
    """A decision for a person to see, for each column whose name or shown values read like an instruction."""
    found = []
    for column in profile.columns:
        where = _found_in(column)
        if where:
            found.append(
                Decision(
                    subject=f"columns.{column.name}.instructions",
                    value="treated as data; nothing follows from it",
                    reason=f"{where}: somebody may try to steer whoever processes this source",
                    needs_eyes=True,
                    cost_of_error="none here; ask where the source comes from",
                )
            )
    return found


def _found_in(column: ColumnProfile) -> str:
    if is_like_an_instruction(column.source_name):
        return f"its name reads like an instruction ({column.source_name[:_SHOWN_CHARACTERS]!r})"
    values = [entry for entry in (*column.top_values, *column.null_words) if is_like_an_instruction(entry.value)]
    if values:
        return (
            f"{len(values)} of its frequent values read like instructions ({sum(entry.count for entry in values)} rows)"
        )
    return ""
