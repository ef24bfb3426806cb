# make report, make test, make figures, make check: nothing else to install than Python >= 3.11.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
OUT ?= results
EXTRAS := test,dask,analysis,export

.PHONY: report test figures check lint generate clean

report: $(STAMP)
	@$(BIN)/buildout report --out $(OUT)

# On all cores, at most four: the suite is many small tests. Neighbours share what they run. What is
# about the house (words, floors, examples of README and docstrings) runs in `make lint`, once.
test: $(STAMP)
	$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist worksteal --ignore tests/house

figures: $(STAMP)
	@$(BIN)/buildout figures --out figures

check: $(STAMP)
	@$(BIN)/buildout check

# Formatter, linter, types, floors and words, generated pages and README numbers: what CI runs too.
lint: $(VENV)/lint
	$(BIN)/ruff format --check src tests figures/recipes
	$(BIN)/ruff check src tests figures/recipes
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/house
	$(BIN)/buildout generate --check

# After a change of model, tables or code: sketches, pages, numbers of the README, figures.
generate: $(STAMP)
	$(BIN)/buildout generate

# Installed once, and again when the requirements change; the package itself is linked, not copied.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "buildout needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV), once; this takes about a minute ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e ".[$(EXTRAS)]"
	@touch $(STAMP)

$(VENV)/lint: $(STAMP)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e ".[$(EXTRAS),lint,iamc]"
	@touch $@

clean:
	rm -rf $(VENV) build dist
