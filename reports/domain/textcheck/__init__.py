"""Text checks (clauses 4-6): values in, findings out. The program finds; a person rules."""
