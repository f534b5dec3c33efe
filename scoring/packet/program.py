"""What made a packet: printed in it, and asked by the verifier before it compares two renderings.

Raise the version (here and in pyproject.toml) with every change that gives a packet other bytes: then an
earlier packet rests on its seal, and is not taken for an altered one. tests/scoring/packet/test_program.py
fails until it is raised.
"""

PROGRAM = "qcportal 0.1.2"
