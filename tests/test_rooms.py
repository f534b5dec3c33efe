"""Tests mirror the rooms: a folder of tests is named like the code it tests; domain tests know only rules."""

import ast
from pathlib import Path

import pytest

from tests.paths import ROOT

# What looks at the whole product: pages in a browser, finished documents, walks over every page.
OWN = {"browser", "exports", "web"}
# Rooms that lie deeper in the product than their tests do.
DEEPER = {"demo": "qcportal/demo", "reports/textcheck": "reports/domain/textcheck"}
# Modules outside `domain` folders that take values and return values.
PURE = ("standards", "reports.intake.", "staff.intake.", "tests.paths")
PURE += ("audits.follow_up.rules", "staff.register.qualification_rules")  # readers of their YAML files

TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
PLACES = sorted({path.parent.relative_to(ROOT / "tests").as_posix() for path in TESTS} - {"."})
FOLDERS = [place for place in PLACES if place not in OWN]
DOMAIN = [path for path in TESTS if path.parent.name == "domain" or path.name == "test_domain.py"]


def is_room(place: str) -> bool:
    """A folder of code, or the module that a folder of tests is about (`views` for views.py)."""
    return (ROOT / f"{place}.py").is_file() or any((ROOT / place).glob("*.py"))


def impure_imports(source: str) -> list[str]:
    """Modules a test of rules may not import: a framework's, or ours that ask the database."""
    nodes = list(ast.walk(ast.parse(source)))
    names = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    names += [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    ours = [name for name in names if (ROOT / name.partition(".")[0]).is_dir()]
    impure = [name for name in ours if ".domain" not in name and not name.startswith(PURE)]
    return impure + [name for name in names if name.partition(".")[0] in {"django", "pytest_django"}]


@pytest.mark.parametrize("folder", FOLDERS)
def test_folder_of_tests_names_a_room_of_the_product(folder: str) -> None:
    assert is_room(folder) or is_room(DEEPER.get(folder, folder))


@pytest.mark.parametrize("place", ["audits/nowhere", "audits/sampling/views", "templates"])
def test_place_without_code_is_no_room(place: str) -> None:
    assert not is_room(place)


@pytest.mark.parametrize("path", DOMAIN, ids=lambda path: path.relative_to(ROOT / "tests").as_posix())
def test_domain_test_imports_rules_only(path: Path) -> None:
    assert impure_imports(path.read_text(encoding="utf-8")) == []


def test_tables_and_the_framework_are_found_in_a_domain_test() -> None:
    source = "import django.db\nfrom standards import loader\nfrom audits.sampling.models import Case"

    assert impure_imports(source) == ["audits.sampling.models", "django.db"]
