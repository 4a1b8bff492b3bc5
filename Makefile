# Two commands are all a new machine needs: `make demo` and `make test`.
# Every path is relative, so that a folder with spaces in its name works too.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EKOST := $(BIN)/ekost

.PHONY: demo test install dev lint audit format catalogs docs lock snapshots screenshots slow chaos failover fuzz bench clean
.DEFAULT_GOAL := demo

# A kos to look at: installs, starts the bundled servers, loads the demo, shows it. Again: quick, and nothing twice.
demo: $(VENV)/.run
	@$(EKOST) up --quiet >/dev/null
	@$(EKOST) demo --output table

# The whole suite, on servers of its own; three processes of it at once, since each waits half of its time.
test: $(VENV)/.dev
	@$(BIN)/python -m pytest -n 3 --dist worksteal

install: $(VENV)/.run
dev: $(VENV)/.dev

$(VENV)/.run: pyproject.toml hatch_build.py requirements/run.lock locales/id/LC_MESSAGES/ekost.po
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "E-Kost needs Python 3.11 or newer: make PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/run.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@

# Everything that must hold before the tests are worth running.
lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m locales.extract --check
	$(BIN)/python -m ekost_cli.reference --check

# Known holes in what is installed; without a network it says so, and nothing is wrong.
audit: $(VENV)/.run
	@$(BIN)/python .ci/audit.py $(VENV)/audit requirements/run.lock

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# After a text was added or changed: update the catalogs, then translate what is new.
catalogs: $(VENV)/.dev
	$(BIN)/python -m locales.extract

# After a command, setting or error was changed: bring the generated parts of docs/ up to date.
docs: $(VENV)/.dev
	$(BIN)/python -m ekost_cli.reference

# After a change of a screen that is meant: write the snapshots anew, and look at the difference before you commit it.
snapshots: $(VENV)/.dev
	EKOST_SNAPSHOTS=write $(BIN)/python -m pytest tests/tui/test_snapshots.py

# The pictures of the README, drawn by the screens themselves.
screenshots: $(VENV)/.dev
	$(BIN)/python -m tests.tui.screenshots

# New versions of everything, with hashes: look at the difference before you commit it.
lock: $(VENV)/.dev
	$(BIN)/uv pip compile -q pyproject.toml --upgrade --extra build --generate-hashes --universal --python-version 3.11 \
	  --custom-compile-command "make lock" -o requirements/run.lock
	$(BIN)/uv pip compile -q pyproject.toml --upgrade --extra build --extra dev --extra xlsx --extra pdf --extra keyring --generate-hashes --universal \
	  --python-version 3.11 --custom-compile-command "make lock" -o requirements/dev.lock
	echo pip-audit | $(BIN)/uv pip compile -q - --upgrade --generate-hashes --universal \
	  --python-version 3.11 --custom-compile-command "make lock" -o requirements/audit.lock

# Scale and crash runs; they take their time.
slow: $(VENV)/.dev
	$(BIN)/python -m pytest -m slow

# Everything is killed, stopped, emptied and cut off while people pay and import; the book must stay exact.
# SEEDS=10: ten runs of each variant; CHAOS_SECONDS, CHAOS_SEED and CHAOS_VARIANTS say how long, from where and which.
chaos: $(VENV)/.dev
	@SEEDS=$(SEEDS) $(BIN)/python -m tests.chaos

# A primary is killed and its standby promoted while people pay, read and import; what was lost must be told, no more.
# EKOST_PG_BIN chooses another PostgreSQL.
failover: $(VENV)/.dev
	@$(BIN)/python -m pytest -m slow -s tests/end_to_end/test_failover.py

# Whatever reads what others have written, under atheris (which is installed for it): FUZZ_SECONDS for each target.
# What ends badly is kept in .fuzz, and belongs into tests/fuzz/found when it is mended.
FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?= csv cells money dates cursor terminal config manifest address
fuzz: $(VENV)/.dev
	@$(BIN)/python -m pip install -q --disable-pip-version-check 'atheris>=3.0,<4'
	@mkdir -p .fuzz
	@for target in $(FUZZ_TARGETS); do \
	  echo "== $$target"; \
	  $(BIN)/python -m tests.fuzz.run $$target -max_total_time=$(FUZZ_SECONDS) -max_len=4096 \
	    -artifact_prefix=.fuzz/$$target- -print_final_stats=1 2>.fuzz/$$target.log || { tail -30 .fuzz/$$target.log; exit 1; }; \
	  grep number_of_executed .fuzz/$$target.log; \
	done

bench: $(VENV)/.dev
	$(BIN)/python bench/startup.py
	$(BIN)/python bench/imports.py
	$(BIN)/python bench/latency.py
	$(BIN)/python bench/drain.py
	$(BIN)/python bench/audit.py

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .import_linter_cache
