"""The demonstration: an invented department and its four quarters, the same for the same day and seed.

Nothing here comes from a real hospital. No Django in this package; the command `demo` feeds what it makes
through the actions that the pages use.
"""

from demo.content.department import demo_department
from demo.content.values import DemoDepartment, DemoReport

DEFAULT_SEED = "qcportal-demo"

__all__ = ["DEFAULT_SEED", "DemoDepartment", "DemoReport", "demo_department"]
