"""The register read into frozen values."""
