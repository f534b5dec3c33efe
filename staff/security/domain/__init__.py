"""Values of security controls."""
