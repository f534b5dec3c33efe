"""Files to values: `understand(sheets, kind, mapping)` says how a file is laid out, readers make values.

`headers` and `concepts` say what a header means, `profiles` what stands below it; `columns` weighs both, with
`report_columns`, `time_columns` and `registers` for what only some kinds of files have. `legends` explains
codes, `rows` passes over what is no row, `reading` and `joining` read cells. Knows no framework.
"""
