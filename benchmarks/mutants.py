"""Mutation score of the rules, folder by folder: the share of one-place code changes that fail a test.

    .venv/bin/python benchmarks/mutants.py TARGET... [--sample N] [--minutes N] [--tests PATH ...]
    .venv/bin/python benchmarks/mutants.py audits reports --sample 60
    .venv/bin/python benchmarks/mutants.py staff/register/domain/signing.py --minutes 10

A target is a module, or a folder: then every module of its `domain` folders. Its tests are those of the same
folder below tests/ (tests/<app>/<subject>/domain or test_domain.py) unless given.

Each mutant changes one place: a comparison (`<` to `<=` and `>=`, `==` to `!=`, `in` to `not in`), a number
by one, `True` and `False`, `and` and `or`, a condition to its opposite, what is returned, a statement left
out. The tests (they need no Django, and get none) run with `-x` at low priority in a temporary copy of the
tree, first without a change, when they must pass. Mutants are tried in a fixed pseudo-random order: the
first N of a folder, or as many as the minutes allow, are a fair sample. Printed are the survivors with line
and change, a line per module, and the score of each folder. An equivalent mutant, which changes no behaviour,
always survives: read it before writing a test.
"""

import argparse
import ast
import copy
import multiprocessing
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import cache_from_source
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings

ROOT = Path(__file__).resolve().parent.parent
FORK = multiprocessing.get_context("fork")
BARE = ("--noconftest", "-p", "no:django", "-o", "addopts=--import-mode=importlib")
NOT_COPIED = (".git", ".venv", ".hypothesis", ".*_cache", "var", "__pycache__")
MEMORY = 4 << 30  # a mutant may collect without end

ORDER = ((ast.Lt, ast.LtE), (ast.Lt, ast.GtE), (ast.Gt, ast.GtE), (ast.LtE, ast.Gt))
SWAPS = (*ORDER, (ast.Eq, ast.NotEq), (ast.In, ast.NotIn), (ast.Is, ast.IsNot))
LEFT_OUT = (ast.Expr, ast.Assign, ast.AugAssign, ast.Delete, ast.Raise, ast.Continue, ast.Break)
BOOLEAN = (ast.Compare, ast.BoolOp, ast.UnaryOp)

Mutant = tuple[int, str, str]  # the line, the change as text, the whole source


def mutants(source: str) -> list[Mutant]:
    """Every mutant of a module."""
    tree = ast.parse(source)
    found = []
    for parent, field, place, node in _nodes(tree):
        for changed in _changes(parent, field, node):
            _put(parent, field, place, changed)
            change = f"{_line(node)[:80]}  →  {_line(changed)[:80]}"
            found.append((node.lineno, change, ast.unparse(tree)))
            _put(parent, field, place, node)
    return found


def _nodes(parent: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.expr | ast.stmt]]:
    """Each expression and statement with its parent and its place there; no annotation and no decorator."""
    for field, value in ast.iter_fields(parent):
        if field in ("annotation", "returns", "type_params", "decorator_list"):
            continue
        for place, child in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(child, ast.expr | ast.stmt):
                yield parent, field, place if isinstance(value, list) else None, child
            if isinstance(child, ast.AST):
                yield from _nodes(child)


def _put(parent: ast.AST, field: str, place: int | None, node: ast.AST) -> None:
    if place is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[place] = node


def _line(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


def _changes(parent: ast.AST, field: str, node: ast.expr | ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.Compare():
            for place, op in enumerate(node.ops):
                for other in (pair[pair[0] is type(op)] for pair in SWAPS if type(op) in pair):
                    changed = copy.deepcopy(node)
                    changed.ops[place] = other()
                    yield changed
        case ast.BoolOp():
            yield ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int(number)):
            yield ast.Constant(number + 1)
            yield ast.Constant(number - 1)
        case ast.Return(value=ast.expr()) if _line(node) != "return None":
            yield ast.Return(ast.Constant(None))
            if isinstance(node.value, BOOLEAN):
                yield ast.Return(ast.Constant(True))
                yield ast.Return(ast.Constant(False))
    decides = field == "ifs" or (field == "test" and isinstance(parent, ast.If | ast.IfExp | ast.While))
    if decides and isinstance(node, ast.expr) and not isinstance(node, BOOLEAN):
        yield ast.UnaryOp(ast.Not(), node)
    if _may_be_left_out(parent, node):
        yield ast.Pass()


def _may_be_left_out(parent: ast.AST, node: ast.expr | ast.stmt) -> bool:
    # At the top of a module or class only names are made: without one nothing runs at all.
    if isinstance(parent, ast.Module | ast.ClassDef):
        return False
    if isinstance(node, ast.If):
        return not node.orelse
    return isinstance(node, LEFT_OUT) and not (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def run(tree: Path, tests: Sequence[str], timeout: float) -> str:
    """passed, failed or timeout."""
    process = FORK.Process(target=_run_tests, args=(tree, tests))
    process.start()
    process.join(timeout)
    if process.exitcode is not None:
        return "failed" if process.exitcode else "passed"
    if process.pid:
        os.killpg(process.pid, signal.SIGKILL)  # with what the tests themselves have started
    process.join()
    return "timeout"


def _run_tests(tree: Path, tests: Sequence[str]) -> None:
    os.setsid()
    os.chdir(tree)
    sys.path[0] = str(tree)
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    os._exit(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *BARE, *tests]))


def modules_of(target: Path) -> list[Path]:
    """The modules a target names: itself, or those of the `domain` folders and text checks in it."""
    if target.suffix == ".py":
        return [target]
    found = [path.relative_to(ROOT) for path in sorted((ROOT / target).rglob("*.py"))]
    rules = [path for path in found if {"domain", "textcheck"} & set(path.parts)]
    return [path for path in rules if path.name != "__init__.py"]


def room_of(module: Path) -> Path:
    """Where the tests of a module lie, without `tests/`: text checks have a folder of their own."""
    parts = module.parent.parts
    if "textcheck" in parts:
        return Path("reports/textcheck")
    return Path(*parts[: parts.index("domain") + 1]) if "domain" in parts else module.parent


def tests_of(room: Path, module: Path) -> list[str]:
    """All tests of the folder; those named like the module first, as they fail soonest."""
    beside = ROOT / "tests" / room.parent / "test_domain.py"
    found = sorted((ROOT / "tests" / room).glob("test_*.py")) + [beside] * beside.is_file()
    found.sort(key=lambda path: path.stem != f"test_{module.stem}")
    return [str(path.relative_to(ROOT)) for path in found]


@dataclass
class Tally:
    """What became of the mutants of one module."""

    found: int
    tried: int = 0
    killed: int = 0

    def __str__(self) -> str:
        share = f"{self.killed / self.tried:.0%}" if self.tried else "no score"
        return f"{self.killed} of {self.tried} killed ({share}), {self.found} mutants"


def in_mixed_order(modules: Iterable[Path], tree: Path) -> list[tuple[Path, Mutant]]:
    """Every mutant of the modules, the same on every machine and in no order of the text."""
    found = [(module, mutant) for module in modules for mutant in mutants((tree / module).read_text("utf-8"))]
    return sorted(found, key=lambda pair: zlib.crc32(f"{pair[0]}{pair[1][2]}".encode()))


def passing_time(tree: Path, tests: Sequence[str]) -> float:
    """Seconds the tests take on the code as it is; they must pass."""
    began = time.monotonic()
    sys.dont_write_bytecode = False
    if run(tree, tests, 600) != "passed":
        raise SystemExit(f"Tests must exist and pass before anything is changed: {' '.join(tests)}")
    sys.dont_write_bytecode = True
    return time.monotonic() - began


def try_room(room: Path, modules: list[Path], tree: Path, given: argparse.Namespace) -> None:
    """Try mutants of a folder until the sample or the time is used up; print survivors and scores."""
    until = time.monotonic() + 60 * given.minutes
    tests = {module: given.tests or tests_of(room, module) for module in modules}
    timeout = 10 + 4 * passing_time(tree, tests[modules[0]])
    found = in_mixed_order(modules, tree)
    tallies = {module: Tally(sum(1 for other, _ in found if other == module)) for module in modules}
    for module, (line, change, source) in found[: given.sample]:
        if time.monotonic() >= until:
            break
        tallies[module].tried += 1
        if passes_with(source, tree / module, partial(run, tree, tests[module], timeout)):
            print(f"{module}:{line}: {change}", flush=True)
        else:
            tallies[module].killed += 1
    each = tallies.values()
    whole = Tally(sum(t.found for t in each), sum(t.tried for t in each), sum(t.killed for t in each))
    for module, tally in tallies.items():
        print(f"  {module}: {tally}")
    print(f"{room}: {whole}", flush=True)


def passes_with(source: str, target: Path, run_tests: Callable[[], str]) -> bool:
    """Whether the tests pass while `source` replaces the module."""
    original, compiled = target.read_bytes(), Path(cache_from_source(str(target)))
    # A mutant of the same size and second would be taken for the compiled module.
    compiled.unlink(missing_ok=True)
    target.write_text(source, encoding="utf-8")
    try:
        return run_tests() == "passed"
    finally:
        target.write_bytes(original)
        compiled.unlink(missing_ok=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "targets", nargs="+", type=Path, help="such as audits or staff/register/domain/signing.py"
    )
    parser.add_argument("--tests", nargs="+", help="instead of the room's own")
    parser.add_argument("--sample", type=int, help="mutants a room, at most")
    parser.add_argument("--minutes", type=float, default=10, help="minutes a room, at most (10)")
    parser.add_argument("--skip", nargs="+", default=[], help="rooms to leave out, such as reports/textcheck")
    given = parser.parse_args()
    os.nice(10)
    # The same examples each time, and none made smaller: that a test fails is all that is asked.
    phases = (Phase.explicit, Phase.generate)
    hypothesis_settings.register_profile(
        "mutants", derandomize=True, deadline=None, phases=phases, suppress_health_check=tuple(HealthCheck)
    )
    hypothesis_settings.load_profile("mutants")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    rooms: dict[Path, list[Path]] = {}
    for module in dict.fromkeys(module for target in given.targets for module in modules_of(target)):
        rooms.setdefault(room_of(module), []).append(module)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        tree = Path(folder) / "tree"
        os.environ["TMPDIR"] = folder  # what killed tests leave goes too
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*NOT_COPIED))
        for room, modules in rooms.items():
            if str(room) not in given.skip:
                try_room(room, modules, tree, given)


if __name__ == "__main__":
    main()
