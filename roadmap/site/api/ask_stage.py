"""Asks a stage what it is, and writes it to a file as JSON: its OpenAPI, its tables, its settings.

This file runs in the environment and the folder of the stage. It imports nothing else of this
package.
"""

import importlib
import json
import sys
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin


def describe() -> dict[str, Any]:
    """What the app in the working directory says of itself."""
    openapi = importlib.import_module("app.main").app.openapi()
    metadata = importlib.import_module("app.models").Base.metadata
    return {
        "openapi": openapi,
        "tables": {
            table.name: list(map(_column, table.columns)) for table in metadata.sorted_tables
        },
        "settings": list(_settings()),
    }


def _column(column: Any) -> dict[str, Any]:
    rules = {
        "primary key": column.primary_key,
        "unique": column.unique,
        "index": column.index,
        "may be null": column.nullable,
    }
    references = [f"→ {key.target_fullname}" for key in column.foreign_keys]
    return {
        "name": column.name,
        "type": str(column.type),
        "rules": [*(rule for rule, holds in rules.items() if holds), *references],
    }


def _settings() -> Any:
    try:
        fields = importlib.import_module("app.settings").Settings.model_fields
    except ModuleNotFoundError:
        return
    for name, field in fields.items():
        if field.default_factory:
            default = f"{field.default_factory.__name__}()"
        else:
            default = "" if field.default is None else str(field.default)
        yield {"name": name.upper(), "default": default, "type": _type(field.annotation)}


def _type(annotation: Any) -> str:
    """The type as a person would write it, without what `Annotated` adds."""
    kind, parts = get_origin(annotation), get_args(annotation)
    if kind is Annotated:
        return _type(parts[0])
    if kind in {Union, UnionType}:
        return " | ".join(map(_type, parts))
    if kind is Literal:
        return " | ".join(map(str, parts))
    if annotation is NoneType:
        return "None"
    if kind:
        return f"{kind.__name__}[{', '.join(map(_type, parts))}]"
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    Path(sys.argv[1]).write_text(json.dumps(describe()), encoding="utf-8")
