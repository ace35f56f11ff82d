"""The way of a stage: from state to state, each leg told by blocks of its pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from roadmap.course import (
    WAYPOINT,
    WAYPOINTS,
    AppState,
    Course,
    Stage,
    Waypoint,
    without,
)
from roadmap.site.difference.changes import FileChange, compare, tree
from roadmap.site.pages import Block, Page, PageError, near


@dataclass(frozen=True)
class Leg:
    """From one state of the app to the next, and the blocks that tell it, in reading order.

    `blocks` ends with the block of the waypoint that it leads to, if it leads to one.
    """

    number: int
    before: AppState | None
    after: AppState
    blocks: tuple[Block, ...]

    @cached_property
    def changes(self) -> dict[str, FileChange]:
        """Every file of either state, by path."""
        return compare(self.before, self.after)

    def of(self, kind: str) -> list[Block]:
        """The blocks of one kind, in reading order."""
        return [block for block in self.blocks if block.kind == kind]


@lru_cache(maxsize=64)
def legs(page: Page) -> tuple[Leg, ...]:
    """The way of the page's stage. Raises PageError if the pages miss a waypoint of the stage."""
    assert page.stage
    course, stage = page.course, page.stage
    blocks = [block for one in page.way for block in one.blocks]
    waypoints = course.waypoints(stage) if page.is_walk else ()
    found: list[Leg] = []
    before: AppState | None = course.before(stage)
    begins = 0
    for at, block in enumerate(blocks):
        if block.kind != "waypoint":
            continue
        here = _waypoint(block, waypoints, len(found))
        found.append(Leg(len(found), before, here, tuple(blocks[begins : at + 1])))
        before, begins = here, at + 1
    if missing := waypoints[len(found) :]:
        name = missing[0].folder.relative_to(course.root).as_posix()
        raise PageError(f"{page.way[-1].name}: no `waypoint` block says where {name} is reached")
    return (*found, Leg(len(found), before, stage, tuple(blocks[begins:])))


def leg_of(page: Page, block: Block) -> Leg:
    """The leg that a block of the page stands in. Raises PageError."""
    for leg in legs(page):
        if block in leg.blocks:
            return leg
    raise block.error("this page is none of those that tell a stage")


def folders_of_tests(page: Page, block: Block) -> list[str]:
    """Where the tests lie that the reader has at the end of this leg; a later one lies over it."""
    state = leg_of(page, block).after
    folders = [state.folder]
    if isinstance(state, Waypoint):
        folders = [
            state.stage.folder,
            *([state.folder] if (state.folder / "tests").is_dir() else []),
        ]
    return [f"{folder.relative_to(page.course.root).as_posix()}/tests" for folder in folders]


def _waypoint(block: Block, waypoints: Sequence[Waypoint], number: int) -> Waypoint:
    """The waypoint that a block says is reached. Raises PageError."""
    name = block.body.strip()
    names = [one.name for one in waypoints]
    if name not in names:
        hint = near(name, names) or f"this stage has {', '.join(names) or 'none'}"
        raise block.error(f"there is no waypoint {name!r}: {hint}")
    if names.index(name) != number:
        raise block.error(f"the waypoint {name!r} is number {names.index(name) + 1} of {names}")
    return waypoints[number]


def prove_waypoints(course: Course, stages: Sequence[Stage]) -> list[str]:
    """A waypoint stores what differs from the end of its stage, and nothing else."""
    return [
        *_strays(course),
        *(
            f"{waypoint.folder.relative_to(course.root).as_posix()}/{failure}"
            for stage in stages
            for waypoint in course.waypoints(stage)
            for failure in _needless(waypoint)
        ),
    ]


def _strays(course: Course) -> Iterator[str]:
    """What lies where a waypoint is looked for and is none, so that nothing reads it."""
    known = {waypoint.folder for stage in course.stages for waypoint in course.waypoints(stage)}
    for path in sorted((course.root / WAYPOINTS).glob("*/*")):
        if path not in known and not path.name.startswith("."):
            yield (
                f"{path.relative_to(course.root).as_posix()} is no waypoint: one lies in a folder"
                f" that is called like its stage, and has a {WAYPOINT}"
            )


def _needless(waypoint: Waypoint) -> Iterator[str]:
    end = tree(waypoint.stage)
    state = tree(waypoint)
    for path in waypoint.own_files():
        if path not in without({path: 1}, waypoint.absent):
            yield f"{path}: `waypoint.toml` says that it is not there yet: remove one of the two"
        elif end.get(path) == state[path]:
            yield f"{path} is as it is at the end of the stage: remove it"
        for one in state:
            if one.startswith(f"{path}/") or path.startswith(f"{one}/"):
                yield f"{path} and {one} cannot be there both: name one of them in `absent`"
    for one in waypoint.absent:
        if len(without(end, [one])) == len(end):
            yield f"waypoint.toml: the end of the stage has no {one}: take it out of `absent`"
    if not waypoint.tests:
        yield "waypoint.toml: `tests` names what pytest is given here"
