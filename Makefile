# Sourcebook: the flow as commands. `make` builds the report, `make help` lists the rest.
# Needs plain sh and GNU make; a folder with spaces in its name will do.

SHELL := /bin/sh
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DEFAULT_GOAL := report
unexport PYTHONHOME PYTHONPATH # somebody else's packages must not reach our .venv

##@ The report

# No dates are asked: a file can be replaced by an older one, a package or a variable change, a PDF be cut short. The
# tool knows what the report rests on and says what it did. It replaces files only when all are whole; make, which
# deletes the target of an interrupted rule, must not know them, so these are names, not files.
.PHONY: report html pdf always
report: .venv/project.txt ## build the report as PDF and HTML, if anything has changed
	@.venv/bin/sourcebook render --to html,pdf$(if $(ENGINE), --engine $(ENGINE))
html: report ## the same: one run writes both, so that they carry the same numbers
pdf: report ## the same

.PHONY: preview publish compare
preview: .venv/project.txt ## show the report in a browser while it is being written
	@.venv/bin/sourcebook preview $(ARGS)

publish: .venv/project.txt ## build the report and replace what changed in report/output/
	.venv/bin/sourcebook publish $(ARGS)

compare: .venv/project.txt ## say what changed since a revision: make compare BASE=main
	@.venv/bin/sourcebook compare $(BASE) $(ARGS) || [ $$? -eq 1 ]

##@ Checks

.PHONY: check verify trace test check-all bench lint format
check: .venv/project.txt ## check the ledger in data/ and the notebooks against its rules
	@.venv/bin/sourcebook check $(ARGS)

verify: $(if $(ARTICLE),.venv/project.txt) ## find every anchor in the article: make verify ARTICLE=path
	@[ -n "$$ARTICLE" ] || { echo "Say where the article is: make verify ARTICLE=path/to/article.txt" >&2; exit 2; }
	@.venv/bin/sourcebook verify "$$ARTICLE"

trace: $(if $(ARTICLE),.venv/project.txt) ## the article beside the ledger, not for publication: make trace ARTICLE=path
	@[ -n "$$ARTICLE" ] || { echo "Say where the article is: make trace ARTICLE=path/to/article.txt" >&2; exit 2; }
	@.venv/bin/sourcebook trace "$$ARTICLE"

bench: .venv/develop.txt .venv/project.txt ## how long all of it takes, beside others; parts with ARGS="--rounds 1 --only cold,prose"
	@SOURCEBOOK_CHROMIUM="$$(.venv/bin/python tests/browser.py)" .venv/bin/python tests/bench $(ARGS)

test: .venv/browser.txt .venv/project.txt ## run the tests; choose some with ARGS="-k ledger"
	.venv/bin/pytest -n 2 --dist $(distribution) --durations 20 --durations-min 1 $(ARGS)

# A file's tests share what they build, so a worker gets all of them; at length one file would take longer than all others.
distribution = loadfile --no-loadscope-reorder
check-all: distribution = worksteal
check-all: export SOURCEBOOK_AT_LENGTH = 1
check-all: test ## run the tests at length: 20,000 inputs gone wrong, a hundred killed builds, mutants (an hour and more)
	@.venv/bin/python tests/mutants.py

# Where there is no Chromium Playwright's is asked for, once: where it cannot be had, each run would wait for that.
.venv/browser.txt: .venv/develop.txt
	@.venv/bin/python tests/browser.py --install >$@

lint: .venv/develop.txt .venv/project.txt ## style, types, and notebooks without outputs
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	$(strip) --verify index.ipynb notebooks/*.ipynb

format: .venv/develop.txt ## rewrite code and notebooks the way `make lint` wants them
	.venv/bin/ruff check --fix
	.venv/bin/ruff format
	$(strip) index.ipynb notebooks/*.ipynb

# Cell ids stay, so that a review follows a cell; which Python last saved a notebook says nothing about it.
strip := .venv/bin/nbstripout --keep-id --extra-keys metadata.language_info.version

##@ Work

.PHONY: lab git-setup lock clean distclean help
lab: .venv/lab.txt .venv/project.txt ## open JupyterLab on the notebooks
	.venv/bin/jupyter-lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks $(ARGS)

# Without it git compares and merges notebooks as lines of JSON; .gitattributes names the drivers.
git-setup: .venv/lab.txt ## once a clone: let git compare and merge notebooks cell by cell (nbdime)
	git config diff.jupyternotebook.command '.venv/bin/git-nbdiffdriver diff'
	git config merge.jupyternotebook.name 'notebooks, cell by cell'
	git config merge.jupyternotebook.driver '.venv/bin/git-nbmergedriver merge %O %A %B %L %P'

lock: ## pin what pyproject.toml asks for in requirements/ (needs uv); newest releases with ARGS=--upgrade
	@sh -eu -c "$$lock"

clean: ## remove the built report and all caches
	rm -rf report/_build .mypy_cache .pytest_cache .ruff_cache
	find data notebooks src tests \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +

distclean: clean ## remove .venv as well
	rm -rf .venv

help: ## say this
	@echo "Sourcebook: make TARGET"
	@awk -F ':.*## ' '/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' Makefile

# ---- Set-up ----------------------------------------------------------------------------------------------------
# Each stamp in .venv is a copy of the file it was made from, and written last: half a set-up has no stamp and is
# begun anew. The scripts at the end reach sh through the environment, so that they can be read as scripts.

export install set_up lock

# Stamps that are no copies any more are made anew, whatever their dates. A .venv holds absolute paths, so the folder's
# stands in the first; it falls with its Python too.
hash := \#
stale := $(shell \
	[ -x .venv/bin/python ] && { echo "$(hash) $$(pwd -P)"; cat requirements/run.txt; } | cmp -s - .venv/run.txt || \
		echo .venv/run.txt; \
	for name in develop lab; do cmp -s requirements/$$name.txt .venv/$$name.txt || echo .venv/$$name.txt; done; \
	cmp -s pyproject.toml .venv/project.txt || echo .venv/project.txt)
$(stale): always

.venv/run.txt: requirements/run.txt
	@sh -eu -c "$$set_up"

.venv/develop.txt .venv/lab.txt: .venv/%.txt: requirements/%.txt .venv/run.txt
	@echo "Installing what requirements/$*.txt names ..."
	@sh -eu -c "$$install"' install --require-hashes --only-binary :all: --requirement requirements/$*.txt'
	@cp requirements/$*.txt $@

# The project itself, in place: edits take effect at once.
.venv/project.txt: pyproject.toml .venv/run.txt
	@sh -eu -c "$$install"' install --no-build-isolation --no-index --editable .'
	@cp pyproject.toml $@

define install
fail() { printf '%s\n' "$$*" >&2; exit 1; }
install() {
  if command -v uv >/dev/null; then
    uv pip install --quiet --python .venv/bin/python --no-deps "$$@"
  else
    [ -x .venv/bin/pip ] || .venv/bin/python -m ensurepip >/dev/null # uv made this .venv, and is gone
    .venv/bin/python -m pip --quiet --disable-pip-version-check --no-input install --no-deps "$$@"
  fi || fail "Installing packages failed for the reason above; once that is mended, run make again."
}

endef

define set_up
$(install)
wanted() { echo "# $$(pwd -P)"; cat requirements/run.txt; }

if [ -x .venv/bin/python ] && wanted | cmp -s - .venv/run.txt; then
  touch .venv/run.txt # same packages, only the date of the file changed
  exit
fi

set -- python3.13 python3.12 python3.11 python3 python
[ -z "$${PYTHON:-}" ] || set -- "$$PYTHON"
found=
for python do
  version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' && break
  found="$${found:+$$found, }$$python is $$version" version=
done
[ -n "$${version:-}" ] ||
  fail "Python 3.11 or newer is needed ($${found:-none was found}): install one, or name it with make PYTHON=path."

echo "Setting up .venv with Python $$version (once; about 700 MB) ..."
rm -rf .venv
if command -v uv >/dev/null; then
  uv venv --quiet --no-python-downloads --python "$$python" .venv
else
  "$$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "Python's venv module is incomplete: install it (Debian, Ubuntu: apt install python$$version-venv)."
  "$$python" -m venv .venv
fi || fail "Making .venv failed for the reason above; once that is mended, run make again."
install --require-hashes --only-binary :all: --requirement requirements/run.txt
wanted >.venv/stamp
mv .venv/stamp .venv/run.txt
endef

define lock
$(install)
command -v uv >/dev/null || fail "make lock needs uv: install it, for example with pip install uv."
pin() {
  uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
    --group build "$$@" pyproject.toml
}

# All groups are solved together, starting from the present pins, so that they agree in one .venv.
all=requirements/all.new
trap 'rm -f $$all' EXIT
find requirements -name "*.txt" -exec cat {} + >$$all
pin --group test --group lint --group lab --group readers --extra charts $(ARGS) --output-file $$all >/dev/null
write() {
  file=$$1
  shift
  { echo "# Written by make lock: $$file"; pin --constraint $$all "$$@"; } >requirements/$$file.new
  mv requirements/$$file.new requirements/$$file
}
write run.txt
write develop.txt --group test --group lint --extra charts
write lab.txt --group lab
write readers.txt --group readers
endef
