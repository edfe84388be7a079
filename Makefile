# Two commands for a fresh machine with Python and make: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
DEMO := .venv/.demo
TEST := .venv/.test

.PHONY: demo test lint types layers wheel unit public clean

demo: $(DEMO)  ## show findings in the examples
	$(BIN)/cleanuplint check --exit-zero examples/

test: lint types layers wheel unit  ## everything that has to hold

lint: $(TEST)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(TEST)
	$(BIN)/mypy

layers: $(TEST)
	$(BIN)/lint-imports

unit: $(TEST)
	$(BIN)/pytest -n auto --dist loadgroup -q

public: $(TEST)  ## the tests that ask npm
	CLEANUPLINT_NETWORK=1 $(BIN)/pytest -q tests/verify/test_public.py tests/derive/test_packages.py \
		tests/output/test_sarif_validator.py

wheel: $(TEST)
	rm -rf .venv/wheel
	$(BIN)/python -m build --outdir .venv/wheel .
	$(BIN)/check-wheel-contents .venv/wheel/*.whl
	$(BIN)/python -m zipfile -l .venv/wheel/*.whl > .venv/wheel/names
	grep -q '^cleanuplint/_rules/contracts/' .venv/wheel/names
	grep -q '^cleanuplint/_rules/[a-z-]*\.md' .venv/wheel/names
	! grep -q '^rules/' .venv/wheel/names

# A plain install of what is here; again whenever the sources change.
$(DEMO): pyproject.toml $(shell find cleanuplint wasm_verify rules -type f -not -path '*/__pycache__/*' 2>/dev/null)
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check .
	rm -f $(TEST)
	touch $@

$(TEST): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[test]'
	rm -f $(DEMO)
	touch $@

clean:
	rm -rf .venv dist
