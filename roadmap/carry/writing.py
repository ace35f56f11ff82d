"""Several files written at once, or none of them."""

import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from shutil import copy2, copymode

from roadmap.carry.store import CannotCarry


def write_all(root: Path, paths: Collection[str], new: Path, old: Path) -> None:
    """Put what `new` holds in its place below `root`, and remove the paths that it lacks.

    A failure takes all back, from the copies in `old`; the three lie on one file system. If that
    fails too, the copies are kept in `root`. Raises CannotCarry.
    """
    begun: list[str] = []
    try:
        for path in paths:
            (old / path).parent.mkdir(parents=True, exist_ok=True)
            if os.path.lexists(root / path):
                copy2(root / path, old / path, follow_symlinks=False)
                if _kind(old / path) == _kind(new / path):
                    copymode(old / path, new / path, follow_symlinks=False)
        # What goes, goes first: where case does not count, `Readme.md` is also `README.md`.
        for path in sorted(paths, key=lambda path: os.path.lexists(new / path)):
            begun.append(path)
            _put(new / path, root / path)
    except BaseException as error:
        for path in reversed(begun):
            with suppress(OSError):
                _put(old / path, root / path)
        said = f"nothing was written: {error}"
        if lost := [path for path in begun if os.path.lexists(old / path)]:
            kept = old.rename(f"{old.parent}.old")
            said = f"{error}\n{', '.join(lost)} could not be put back; what was there is in {kept}"
        if isinstance(error, OSError):
            raise CannotCarry(said) from error
        error.add_note(said)
        raise


def _put(source: Path, target: Path) -> None:
    """Move a file to its place; without a source, remove what is there and the empty folders."""
    if os.path.lexists(source):
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
    elif os.path.lexists(target):
        target.unlink()
    with suppress(OSError):
        for folder in target.parents:
            folder.rmdir()


def _kind(path: Path) -> int | None:
    """The type of a file and whether it is executable."""
    return path.lstat().st_mode & 0o170100 if os.path.lexists(path) else None
