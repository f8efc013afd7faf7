# make demo   the main job on the sample records, light install (no torch)
# make test   every test, every extra          make test-fast   the everyday tests, under two minutes
# make lint   ruff, mypy, import-linter        make bench       the benchmarks that need nothing else
PYTHON ?= python3
LIGHT := .venv
FULL := .venv-test
PIP_FLAGS := --quiet --disable-pip-version-check

.PHONY: demo test test-fast lint bench samples eval-real clean

demo: $(LIGHT)/.installed
	@$(LIGHT)/bin/python -m sample_records.demo

test: $(FULL)/.installed
	$(FULL)/bin/python -m pytest -n 2 --dist loadscope --max-worker-restart 0

test-fast: $(FULL)/.installed
	$(FULL)/bin/python -m pytest -n 2 --dist loadscope --max-worker-restart 0 -m "not slow"

lint: $(FULL)/.installed
	$(FULL)/bin/ruff check .
	$(FULL)/bin/ruff format --check .
	$(FULL)/bin/mypy
	$(FULL)/bin/lint-imports

bench: $(FULL)/.installed
	$(FULL)/bin/python -m benchmarks.ask

samples: $(FULL)/.installed
	$(FULL)/bin/python -m sample_records.generator

eval-real: $(FULL)/.installed
	$(FULL)/bin/emr-rerank eval sample_records --compare
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && for set in ccks mts-en; do for half in development held-out; do \
		$(FULL)/bin/python -m benchmarks.real.export "$$folder/$$set-$$half" --set $$set --half $$half && \
		$(FULL)/bin/emr-rerank eval "$$folder/$$set-$$half" --compare || exit; \
	done; done

clean:
	rm -rf $(LIGHT) $(FULL) build dist

$(LIGHT)/.installed: pyproject.toml
	$(PYTHON) -m venv $(LIGHT)
	$(LIGHT)/bin/pip install $(PIP_FLAGS) -e .
	@touch $@

# torch first and pinned: an unpinned torch may bring gigabytes of CUDA.
$(FULL)/.installed: pyproject.toml
	$(PYTHON) -m venv $(FULL)
	$(FULL)/bin/pip install $(PIP_FLAGS) torch==2.13.0
	$(FULL)/bin/pip install $(PIP_FLAGS) -e ".[bge,ocr,postgres,training,dev]"
	@touch $@
