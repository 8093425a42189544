# make demo    install what is needed and run the embedded default
# make test    install what is needed and run all tests
# make lint    all checks that run nothing
# make check   lint and test
# make docs    build the documentation into site/, strictly
# make clean   remove what the demo made

PYTHON ?= python3
VENV ?= .venv
# More options for pip, such as another index.
PIP_OPTIONS ?=

# The rules call `python`, which has to be the one with the packages.
export PATH := $(abspath $(VENV))/bin:$(PATH)

.PHONY: demo test lint check docs clean

demo: $(VENV)/.installed-demo
	snakemake -j2
	@echo
	@echo "The finished heads:"
	@ls -d results/*/texture.png
	@echo "Open results/report.html for all of them; results/summary.tsv has the figures."
	@echo "In each folder: texture.png, head.glb, before_after.png, turntable.gif and more."

# A process a core, each with whole files of tests, since what a file makes its tests share.
test: $(VENV)/.installed-dev
	pytest -n auto --dist loadfile

lint: $(VENV)/.installed-dev
	ruff check
	ruff format --check
	snakefmt --check Snakefile workflow
	snakemake --lint
	mypy
	lint-imports
	hadolint envs/*.Dockerfile

check: lint test

# The theme tells of its successor at each build otherwise.
docs: export NO_MKDOCS_2_WARNING = 1
docs: $(VENV)/.installed-dev
	mkdocs build
	@echo "Open site/index.html."

# Stamps, so that nothing is installed twice; a changed list of packages installs again.
$(VENV)/.installed-demo: EXTRAS = demo,fitting,workflow
$(VENV)/.installed-dev: EXTRAS = demo,fitting,workflow,dev
$(VENV)/.installed-%: pyproject.toml constraints.txt
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install $(PIP_OPTIONS) -c constraints.txt -e '.[$(EXTRAS)]'
	touch $@

clean:
	rm -rf results/astronaut results/synthetic_p25 results/synthetic_m35 results/synthetic_m15
	rm -rf results/logs results/benchmarks results/doctor.txt results/doctor_fit.txt
	rm -rf results/screen.tsv results/summary.tsv results/report.html
	rm -rf results/viewer.js results/contact_sheet.png results/licences.md
	rm -rf resources/demo resources/selfie_segmentation.tflite resources/face_mesh resources/logs resources/benchmarks
	rm -rf site build/gallery
	rm -rf .pytest_cache .mypy_cache .ruff_cache
