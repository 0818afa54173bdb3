"""Complete error texts, kept as files: what a person reads is reviewed like code.

``UPDATE_GOLDEN=1 pytest tests/refusals`` writes them again; read the difference before it is committed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def check(name: str, text: str, places: dict[str, Path]) -> None:
    """Compare a text with ``golden/<name>.txt``, machine paths replaced.

    :param places: placeholder -> path that it stands for.
    """
    for placeholder, path in places.items():
        text = text.replace(str(path), f"<{placeholder}>")
    text = re.sub(r"<folder>/\.?writing-\w+", "<folder>/.writing", text)
    file = FOLDER / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text + "\n", encoding="utf-8")
    assert file.is_file(), f"no golden file for {name}; the text is:\n{text}"
    assert text + "\n" == file.read_text(encoding="utf-8")


def files_below(folder: Path) -> list[str]:
    """Every file and folder below ``folder``, to see that nothing was left."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))
