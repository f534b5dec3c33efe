"""What made a packet: printed in it, and asked by the verifier before it compares two renderings."""

PROGRAM = "qcportal 0.1.1"
