"""Text checks (clauses 4-6): values in, findings out. The program finds; a person rules (HOUSE habit 7)."""

from reports.domain.textcheck.accelerator import State, use

# Whether the modules of this package run as compiled by `bin/accelerate` or as they are.
ACCELERATOR: State = use(__path__)
