"""Where the tests write, and how jobs run. Named by `-p` in pyproject.toml: pytest-django reads the settings
before it reads any conftest."""

import os
import tempfile

os.environ["QC_DATA_DIR"] = tempfile.mkdtemp(prefix="qcportal-test-")
os.environ["QC_JOBS_INLINE"] = "1"
os.environ["QC_SECOND_FACTOR"] = "off"  # the tests of the second factor switch it on
