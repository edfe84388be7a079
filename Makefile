.PHONY: test
test:
	python3 -m venv .venv
	.venv/bin/pip install --quiet ruff
	.venv/bin/ruff check --select E,F,I,UP,B --line-length 100 cleanuplint
