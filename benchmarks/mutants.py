"""Mutation score of one domain module: how many one-place changes of its code make its tests fail.

    .venv/bin/python benchmarks/mutants.py MODULE [--tests PATH ...] [--minutes N]
    .venv/bin/python benchmarks/mutants.py standards/loader.py --tests tests/standards/test_loader.py

Each mutant changes one place: a comparison (`<` to `<=` and `>=`, `==` to `!=`, `in` to `not in`), a number
by one, `True` and `False`, `and` and `or`, a condition to its opposite, what is returned, a statement left
out. The tests (tests/domain unless given; they need no Django, and get none) run with `-x` at low priority in
a temporary copy of the tree, first without a change, when they must pass. Mutants are tried in a mixed order:
what the time allowed (10 minutes) reaches is a fair sample. Survivors are printed with line and change; one
that changes nothing anyone could see survives for good: read it before writing a test.
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
from collections.abc import Iterator, Sequence
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


def mutants(source: str) -> list[tuple[int, str, str]]:
    """Every mutant of a module: the line, a description of the change, the whole source."""
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


def try_all(module: Path, tree: Path, tests: Sequence[str], until: float) -> str:
    """Tries mutants until the time is up, prints the survivors; the summary."""
    began = time.monotonic()
    if run(tree, tests, until - began) != "passed":
        raise SystemExit("The tests must pass before anything is changed.")
    timeout = 10 + 4 * (time.monotonic() - began)
    target = tree / module
    # A mutant of the same size and second would be taken for the compiled module.
    Path(cache_from_source(str(target))).unlink(missing_ok=True)
    sys.dont_write_bytecode = True
    found = mutants(target.read_text(encoding="utf-8"))
    tried = killed = 0
    for line, change, source in sorted(found, key=lambda mutant: zlib.crc32(mutant[2].encode())):
        if time.monotonic() >= until:
            break
        target.write_text(source, encoding="utf-8")
        tried += 1
        if run(tree, tests, timeout) == "passed":
            print(f"{module}:{line}: {change}", flush=True)
        else:
            killed += 1
    share = f"{killed / tried:.0%}" if tried else "no score"
    return f"{module}: {killed} of {tried} killed ({share}), {len(found) - tried} of {len(found)} not tried"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "module", type=Path, help="relative to the root, such as staff/register/domain/signing.py"
    )
    parser.add_argument("--tests", nargs="+", default=["tests/domain"])
    parser.add_argument("--minutes", type=float, default=10)
    given = parser.parse_args()
    until = time.monotonic() + 60 * given.minutes
    os.nice(10)
    # The same examples each time, and none made smaller: that a test fails is all that is asked.
    phases = (Phase.explicit, Phase.generate)
    hypothesis_settings.register_profile(
        "mutants", derandomize=True, deadline=None, phases=phases, suppress_health_check=tuple(HealthCheck)
    )
    hypothesis_settings.load_profile("mutants")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        tree = Path(folder) / "tree"
        os.environ["TMPDIR"] = folder  # what killed tests leave goes too
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*NOT_COPIED))
        print(try_all(given.module, tree, given.tests, until))


if __name__ == "__main__":
    main()
