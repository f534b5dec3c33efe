"""bin/setup.sh, which both commands begin with: what is there is not asked for."""

import os
import subprocess

import pytest

from tests.paths import ROOT

ASK = """set -euo pipefail
. bin/setup.sh
needs_library {library} some-package
echo "missing: ${{missing_packages[*]-}}"
"""


@pytest.mark.parametrize(
    ("library", "missing"), [("libfirst.so.1", ""), ("liblast.so.1", ""), ("libnowhere.so.1", "some-package")]
)
def test_library_is_found_wherever_the_loaders_cache_names_it(tmp_path, library, missing):
    cache = ["libfirst.so.1", *(f"lib{number}.so.6 => /lib/lib{number}.so.6" for number in range(20_000))]
    (tmp_path / "cache").write_text("\n".join([*cache, "liblast.so.1"]))
    fake = tmp_path / "ldconfig"
    fake.write_text(f"#!/bin/sh\nexec cat {tmp_path}/cache\n")
    fake.chmod(0o755)
    said = subprocess.run(
        ["bash", "-c", ASK.format(library=library), "bin/test"],
        cwd=ROOT,
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == f"missing: {missing}\n"
