"""Read uploaded files into values: `understand(sheets, kind, mapping)` finds the layout, readers make values.

`headers` and `concepts` interpret headers, `profiles` describes the cells below them; `columns` combines
both, with `report_columns`, `time_columns` and `registers` for particular kinds of files. `legends` decodes
codes, `rows` skips rows that are not data, `reading` and `joining` read cells. Independent of any framework.
"""
