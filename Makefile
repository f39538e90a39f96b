# make run   sets everything up and plays the headline: withdrawal against presence
# make test  sets everything up and passes the tests, the quick tier; make test-all: all of them
.PHONY: run test site test-all test-pythons check lock bench expected same mutants wheels sbom audit clean

PYTHON ?= python3.11
BIN := .venv/bin

run: .venv/ready
	@$(BIN)/drawdown compare combat-to-advisory sustained-presence full-withdrawal \
	  --baseline sustained-presence --name headline --overwrite

# Pages that play their worlds by themselves, in site/: open site/index.html, or copy the folder.
site: .venv/ready
	$(BIN)/drawdown site site

test: .venv/ready check
	$(BIN)/pytest -n 2 --dist worksteal -m "not long"

test-all: .venv/ready check
	DRAWDOWN_NEED_CHROMIUM=1 $(BIN)/pytest -n 2 --dist worksteal

# The suite on every Python that the machine has; says which it could not have.
test-pythons:
	$(PYTHON) benchmarks/pythons.py

check: .venv/ready
	$(BIN)/ruff check model tests benchmarks
	$(BIN)/ruff format --check model tests benchmarks
	$(BIN)/mypy

# Engines side by side; the table is stored in benchmarks/results.json.
bench: .venv/ready
	$(BIN)/python benchmarks/run.py

# Writes the stored tables of tests/expected and the answers that pages and README begin with anew;
# the changelog must then say why.
expected: .venv/ready
	$(BIN)/python benchmarks/answers.py
	$(BIN)/python tests/expected_tables.py

# Compares digests of what is played, said and written with tests/same.json, in two minutes.
same: .venv/ready
	RENEW=$(RENEW) $(BIN)/python tests/same.py $(ONLY)

# Hand-made and random faults, one at a time: which of them does no test notice?
mutants: .venv/ready
	$(BIN)/python benchmarks/mutants.py

# Engines for all systems that zig knows, and a wheel in dist/ that carries them.
wheels: .venv/ready
	$(BIN)/python benchmarks/wheels.py

# All that is in this installation, with licences: dist/sbom.json (CycloneDX), dist/licences.csv.
sbom: .venv/ready
	mkdir -p dist
	$(BIN)/cyclonedx-py environment --output-reproducible --pyproject pyproject.toml \
	  --output-format JSON -o dist/sbom.json $(BIN)/python
	$(BIN)/python benchmarks/licences.py

# Known faults of what is in it; needs a network, and says so where there is none.
audit: .venv/ready
	$(BIN)/pip-audit --require-hashes --disable-pip -r requirements.txt || \
	  echo "pip-audit found something, or could not reach its data: see above"

# Versions and hashes of everything the project uses; names no package host.
lock:
	uv pip compile --universal --generate-hashes --all-extras --python-version 3.11 \
	  --no-emit-index-url --no-header -q -o requirements.txt pyproject.toml

.venv/ready: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch .venv/ready

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache
