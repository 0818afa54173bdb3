"""What a file that a person edited may hold before it runs: the guard rails on Python, SQL and configuration.

They are held against the file as it was rendered: what that does, the edited one may do, and otherwise what needs
neither a file, the network, another process nor the interpreter's inside. They are no sandbox: a person reads the
difference and confirms it, and the tests run without credentials.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

from onboarding.codegen.dag import is_dag_file, without_version
from onboarding.codegen.manifest import NO_VERSION
from onboarding.spec.config_files import CONFIG_MODELS, read_config
from onboarding.spec.expressions import EXPRESSION_NODES
from shared.pipeline.errors import DataOnboardingError

if TYPE_CHECKING:
    from sqlglot import exp

#: A workload's largest file has a tenth of it.
MOST_BYTES = 1_000_000
#: Modules that an edited file may import although the rendered one does not: they only compute.
_COMPUTING = frozenset(
    ["__future__", "collections", "collections.abc", "dataclasses", "datetime", "decimal", "enum", "fractions",
     "functools", "itertools", "json", "math", "re", "statistics", "textwrap", "typing", "unicodedata", "zoneinfo"]
)  # fmt: skip
_NEVER_CALLED = frozenset(
    ["__import__", "breakpoint", "compile", "delattr", "eval", "exec", "exit", "get_type_hints", "getattr", "globals",
     "input", "locals", "make_dataclass", "open", "quit", "setattr", "vars"]
)  # fmt: skip
#: Methods that write, start or load, whatever object has them.
_NEVER_ASKED = frozenset(
    ["chmod", "fork", "hardlink_to", "import_module", "kill", "mkdir", "popen", "rmdir", "rmtree", "spawn",
     "symlink_to", "system", "touch", "unlink", "urlopen", "write_bytes", "write_text"]
)  # fmt: skip
_QUERY_NODES = EXPRESSION_NODES | {
    "Alias", "Avg", "CTE", "Count", "Distinct", "Except", "From", "Group", "Having", "Intersect", "Join", "Limit",
    "Max", "Min", "Order", "Ordered", "Select", "Star", "Subquery", "Sum", "Table", "TableAlias", "Union", "Where",
    "Window", "WindowSpec", "With",
}  # fmt: skip


def is_editable(path: str) -> bool:
    """Whether a file of a workload is one that a person may edit: a script, a test, a query, or a configuration."""
    return (
        path.endswith(".py") or path in CONFIG_MODELS or (path.endswith(".sql") and not path.startswith("sql/bronze/"))
    )


def problems_of(path: str, rendered: bytes, edited: bytes) -> list[str]:
    """What keeps an edited file from being run, each in a line; empty: nothing.

    :param path: the file's path in the workload.
    :param rendered: the file as it was rendered.
    :param edited: what a person made of it.
    """
    if not is_editable(path):
        return ["it is rendered from the plan and not edited: choose what the plan shall be instead"]
    if len(edited) > MOST_BYTES:
        return [f"it has {len(edited):,} bytes, more than {MOST_BYTES:,}"]
    try:
        before, after = rendered.decode(), edited.decode()
    except UnicodeDecodeError as error:
        return [f"it is not UTF-8: byte {error.start}"]
    if is_dag_file(path) and edited != without_version(edited):
        return [f"its version is not {NO_VERSION} any more: leave that line, the version follows from the files"]
    if path.endswith(".py"):
        return _python_problems(before, after)
    if path.endswith(".sql"):
        return _query_problems(before, after, "duckdb" if path.endswith(".duckdb.sql") else "spark")
    return _configuration_problems(path, edited)


def _configuration_problems(path: str, edited: bytes) -> list[str]:
    try:
        read_config(edited, CONFIG_MODELS[path], where=path)
    except DataOnboardingError as error:
        return [f"{error.what}: {error.where}: expected {error.expected}, given {error.given}"]
    return []


def _query_problems(before: str, after: str, dialect: str) -> list[str]:
    """One query, over the tables and with the functions of the rendered one, or with functions that only compute."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    known = sqlglot.parse_one(before, dialect=dialect)
    try:
        statements = [found for found in sqlglot.parse(after, dialect=dialect) if found is not None]
    except SqlglotError as error:
        return [f"it cannot be read as {dialect} SQL: {' '.join(str(error).split())[:200]}"]
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        return ["it is not one SELECT"]
    query = statements[0]
    problems = [
        f"it reads the table {name}, which the rendered one does not"
        for name in sorted(_tables(query) - _tables(known) - _named_in(query))
    ]
    allowed = {type(node).__name__ for node in known.walk()} | _QUERY_NODES
    used = {type(node).__name__ for node in query.walk()}
    problems += [f"{name} is not allowed in it" for name in sorted(used - allowed)]
    functions = {node.name.lower() for node in query.find_all(exp.Anonymous)}
    functions -= {node.name.lower() for node in known.find_all(exp.Anonymous)}
    problems += [f"the function {name} is not allowed in it" for name in sorted(functions)]
    if isinstance(known, exp.Query) and query.named_selects != known.named_selects:
        problems.append("it has other columns than the rendered one: scripts, rules and tables are made for those")
    return problems


def _tables(tree: exp.Expression) -> set[str]:
    """Names of the tables; what is no name (a function, a file) as its text."""
    from sqlglot import exp

    return {
        ".".join(part.name for part in table.parts) if isinstance(table.this, exp.Identifier) else table.sql()
        for table in tree.find_all(exp.Table)
    }


def _named_in(query: exp.Expression) -> set[str]:
    from sqlglot import exp

    return {common.alias for common in query.find_all(exp.CTE)}


def _python_problems(before: str, after: str) -> list[str]:
    known = list(ast.walk(ast.parse(before)))
    try:
        nodes = list(ast.walk(ast.parse(after)))
    except SyntaxError as error:
        return [f"line {error.lineno}: {error.msg}"]
    imports = {found for node in known for found in _imported(node)}
    words = {word for node in known if (word := _word(node))}
    modules = {name: module for node in nodes for name, module in _bound(node).items()}
    foreign = {name for node in nodes for name in _foreign(node)}
    used = {text for _, text in _uses(known, foreign)}
    found = {
        (line, f"`{text}` is not what the rendered file does with that import")
        for line, text in _uses(nodes, foreign)
        if text not in used
    }
    for node in nodes:
        line = getattr(node, "lineno", 0)
        for module, name in _imported(node):
            if (module, name) not in imports and not _only_computes(module, name):
                shown = f"{module}.{name}" if name else module
                found.add((line, f"it imports {shown}, which the rendered file does not"))
        word = _word(node)
        if word and word not in words and _is_refused(node, word):
            found.add((line, f"`{word}` is not allowed"))
        if isinstance(node, ast.Attribute) and _is_other_module(node, modules):
            found.add((line, f"`{ast.unparse(node)}` is a module that is not imported"))
    return [f"line {line}: {text}" for line, text in sorted(found)]


def _imported(node: ast.AST) -> list[tuple[str, str]]:
    """Module and name of each import; an empty name: the module itself."""
    if isinstance(node, ast.Import):
        return [(alias.name, "") for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [("." * node.level + (node.module or ""), alias.name) for alias in node.names]
    return []


def _only_computes(module: str, name: str) -> bool:
    if module not in _COMPUTING or name.startswith("_") or name in ("*", *_NEVER_CALLED):
        return False
    return not name or not isinstance(getattr(importlib.import_module(module), name, None), ModuleType)


def _word(node: ast.AST) -> str:
    """The name that is used here."""
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def _is_refused(node: ast.AST, word: str) -> bool:
    if word in _NEVER_CALLED:
        return True
    if isinstance(node, ast.Attribute):
        return word.startswith("_") or word in _NEVER_ASKED
    return word.startswith("__") and word != "__name__"


def _foreign(node: ast.AST) -> list[str]:
    """Names that an import gives to what does more than compute: ``sys``, ours, Airflow's."""
    if isinstance(node, ast.Import):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names if alias.name not in _COMPUTING]
    if isinstance(node, ast.ImportFrom) and node.module not in _COMPUTING:
        return [alias.asname or alias.name for alias in node.names]
    return []


def _uses(nodes: list[ast.AST], foreign: set[str]) -> Iterator[tuple[int, str]]:
    """Line and text of each use of these names: what is asked of one (``sys.argv``), or the thing by itself."""
    asked = [node for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)]
    owners = {id(node.value) for node in asked}
    alone = [node for node in nodes if isinstance(node, ast.Name) and id(node) not in owners]
    for node in (*asked, *alone):
        text = ast.unparse(node)
        if text.partition(".")[0] in foreign:
            yield node.lineno, text


def _bound(node: ast.AST) -> dict[str, ModuleType]:
    """Names that an import gives to modules that only compute; what they import themselves is theirs."""
    if not isinstance(node, ast.Import):
        return {}
    found = [(alias.asname or alias.name.partition(".")[0], alias) for alias in node.names]
    targets = {name: alias.name if alias.asname else name for name, alias in found}
    return {name: importlib.import_module(target) for name, target in targets.items() if target in _COMPUTING}


def _is_other_module(node: ast.Attribute, modules: dict[str, ModuleType]) -> bool:
    """Whether an attribute of an imported module is a module again, such as ``json.codecs``."""
    if not isinstance(node.value, ast.Name) or node.value.id not in modules:
        return False
    owner = modules[node.value.id]
    known = f"{owner.__name__}.{node.attr}" in _COMPUTING
    return not known and isinstance(getattr(owner, node.attr, None), ModuleType)
