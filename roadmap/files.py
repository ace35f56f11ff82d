"""Files as values, and several of them written at once or not at all."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copy2

from roadmap.course import CourseError


class NotWritten(CourseError):
    """Nothing was written: a file could not be replaced; what had been is as it was."""


@dataclass(frozen=True)
class File:
    """What a file holds, byte for byte.

    `executable` is None where the file system does not say. A symbolic link holds its target.
    """

    content: bytes
    executable: bool | None = None
    link: bool = False


def write_all(changes: Mapping[Path, File | None]) -> None:
    """Write every file, and remove those that are None; a failure leaves all as it was.

    Raises NotWritten.
    """
    replacement = _Replacement()
    try:
        for path, file in changes.items():
            replacement.prepare(path, file)
        # What goes, goes first: where case does not count, `Readme.md` is also `README.md`.
        for path in sorted(changes, key=lambda path: changes[path] is not None):
            replacement.replace(path)
    except BaseException as error:
        lost = replacement.undo()
        if isinstance(error, OSError):
            raise NotWritten("\n".join([f"nothing was written: {error}", *lost])) from error
        for line in lost:
            error.add_note(line)
        raise
    replacement.finish()


@dataclass
class _Replacement:
    """New files beside the old ones, until each is in its place."""

    new: dict[Path, Path] = field(default_factory=dict)
    old: dict[Path, Path] = field(default_factory=dict)
    folders: list[Path] = field(default_factory=list)
    replaced: list[Path] = field(default_factory=list)
    mark: str = field(default_factory=lambda: secrets.token_hex(4))

    def prepare(self, path: Path, file: File | None) -> None:
        """Write the new content and keep a copy of the old one, both beside `path`."""
        if os.path.lexists(path):
            self.old[path] = path.with_name(f".{path.name}.{self.mark}.old")
            copy2(path, self.old[path], follow_symlinks=False)
        if file is not None:
            self._make_folder(path.parent)
            self.new[path] = path.with_name(f".{path.name}.{self.mark}.new")
            _write(self.new[path], file, like=self.old.get(path))

    def _make_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            self._make_folder(folder.parent)
            folder.mkdir()
            self.folders.append(folder)

    def replace(self, path: Path) -> None:
        """Put the new file in its place, or take the old one away."""
        if path in self.new:
            self.new[path].replace(path)
            self.replaced.append(path)
        elif path in self.old:
            path.unlink()
            self.replaced.append(path)

    def undo(self) -> list[str]:
        """Bring back what was replaced; says where the old content lies if that fails."""
        lost = []
        for path in reversed(self.replaced):
            try:
                if path in self.old:
                    self.old[path].replace(path)
                else:
                    path.unlink()
            except OSError as error:
                kept = self.old.pop(path, None)
                lost.append(
                    f"{path} could not be put back ({error}); it was: {kept or 'not there'}"
                )
        self._sweep()
        for folder in reversed(self.folders):
            with suppress(OSError):
                folder.rmdir()
        return lost

    def finish(self) -> None:
        """Remove the copies, and the folders that hold nothing any more."""
        self._sweep()
        for path in self.replaced:
            with suppress(OSError):
                for folder in () if path in self.new else path.parents:
                    folder.rmdir()

    def _sweep(self) -> None:
        for path in (*self.new.values(), *self.old.values()):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _write(path: Path, file: File, like: Path | None) -> None:
    if file.link:
        path.symlink_to(os.fsdecode(file.content))
        return
    path.write_bytes(file.content)
    if like and not like.is_symlink():
        path.chmod(like.stat().st_mode)
    if file.executable is not None:
        mode = path.stat().st_mode
        path.chmod(mode | (mode & 0o444) >> 2 if file.executable else mode & ~0o111)
