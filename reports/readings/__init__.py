"""读取记录: who opened which report, one row a person, report and hour."""
