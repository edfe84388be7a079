"""How a verification is told: one module per format, each with `report` and `soak`.

`matrix.py` arranges the results, `growth.py` draws the memory; the formats only word and paint.
"""
