"""迎检包: one frozen value, and the PDF, workbook and JSON made from it and nothing else."""
