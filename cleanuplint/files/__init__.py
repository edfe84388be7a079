"""Files: which ones to look at, and how their bytes become text."""
