"""How a verification is told: one module per format, each with `report`, `soak` and
`overhead`.

`matrix.py` arranges the results, `growth.py`, `remains.py` and `spreads.py` draw; the formats
only word and paint.
"""
