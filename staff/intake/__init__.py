"""The register of people from a workbook: bytes → frozen values and refusals. Knows no database."""
