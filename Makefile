# `make run` and `make test` need only make and Python 3.11 or newer.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
HOST ?= 127.0.0.1
export PORT HOST

# `make run` makes a secret key of its own. A key in .env or in the environment takes precedence.
DEMO_KEY := SECRET_KEY_FILE=$${SECRET_KEY_FILE:-var/secret-key}

.PHONY: run test check bench plant-faults screenshots lighthouse lock clean

run: .venv/run-ready var/secret-key
	@$(DEMO_KEY) $(BIN)/python manage.py demo

test: .venv/dev-ready
	@$(BIN)/python -m pytest -n auto $(ARGS)

check: .venv/dev-ready
	@.ci/check

# The locks name extras, as in "whitenoise[brotli]". Without them, pip would ignore the pin when another
# package asks for the extra.
COMPILE := -m uv pip compile --quiet --universal --generate-hashes --no-strip-extras --no-header --no-annotate pyproject.toml
lock:
	$(PYTHON) $(COMPILE) -o requirements.txt
	$(PYTHON) $(COMPILE) -c requirements.txt --all-extras -o requirements-extras.txt
	$(PYTHON) $(COMPILE) -c requirements-extras.txt --all-extras --group dev -o requirements-dev.txt

clean:
	rm -rf .venv var

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "This site needs Python 3.11 or newer; $(PYTHON) is `$(PYTHON) --version 2>&1`. Install one and run: make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/run-ready: requirements.txt | .venv/bin/python
	@$(BIN)/python .ci/install requirements.txt
	@touch $@

.venv/dev-ready: requirements-dev.txt | .venv/bin/python
	@$(BIN)/python .ci/install requirements-dev.txt
	@touch $@

var/secret-key: | .venv/bin/python
	@mkdir -p var && umask 077 && $(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))' > $@

bench: .venv/dev-ready
	@$(BIN)/python -m tests.benchmarks.bench
	@$(BIN)/python -m tests.benchmarks.burst
	@$(BIN)/python -m tests.benchmarks.writers

plant-faults: .venv/dev-ready
	@$(BIN)/python -m tests.planted_faults $(PROMISES)

screenshots: .venv/dev-ready
	@$(BIN)/python -m tests.browser.screenshots $(PAGES)

lighthouse: .venv/dev-ready
	@$(BIN)/python -m tests.benchmarks.lighthouse
