# One command for each thing. `make` alone lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

LOCAL := infra/local
SIMULATOR := target/local/simulator
FUNCTIONS := $(notdir $(wildcard functions/*))
CARGO_TOOLS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/ponte/cargo-tools/bin
# For recipes that call sam or cargo-lambda.
WITH_DEPLOY = PATH="$$($(LOCAL)/tools.sh deploy)/bin:$$PATH"
export SAM_CLI_TELEMETRY := 0

.PHONY: help tools stack demo local test test-browser pictures test-moto test-real simulate mutants fuzz lint lint-template advisories bench cost build deploy clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

tools: ## installs what the other commands need, once
	@$(LOCAL)/tools.sh deploy emulator checks cfn-lint moto prism schemathesis browser cargo-deny cargo-machete cargo-fuzz >/dev/null
	@echo "tools: ready"

# What demo, local and test run on. The emulator is fetched before anybody waits for it.
stack:
	@$(LOCAL)/ready.sh $(NEEDS)
	@$(LOCAL)/tools.sh deploy emulator >/dev/null
	@$(LOCAL)/build.sh

# With HELPDESK=helper it plays with an assistant behind Rasa's REST channel. With HELPDESK=request-tracker it installs Debian's Request Tracker (once; root, apt-get, about a minute) and plays with that.
# With CUSTOMER=site a company's own site is in Blip's place (docs/rest-channel.md).
HELPDESK ?= webhook
CUSTOMER ?= blip
demo: stack ## deploys the stack on this machine and plays a whole conversation in each mode
ifeq ($(CUSTOMER),site)
	@$(SIMULATOR) demo-site --state .ponte/demo
else ifeq ($(HELPDESK),request-tracker)
	@echo "demo: with a real Request Tracker, which is installed now if it is not there (needs root and Debian)"
	@PONTE_REQUEST_TRACKER="$$(infra/request-tracker/install.sh)" \
	  PONTE_LOCAL="$(CURDIR)/$(LOCAL)" PONTE_SIMULATOR="$(CURDIR)/$(SIMULATOR)" \
	  cargo test --quiet -p ponte-tests --test real conversations:: -- --nocapture
else ifeq ($(HELPDESK),helper)
	@$(SIMULATOR) demo-helper --state .ponte/demo
else
	@$(SIMULATOR) demo --state .ponte/demo
	@printf '\nTo be the customer and the agent yourself, on one page in a browser: make local\n'
endif

local: stack ## the same stack, left running, with a page to play with (docs/playground.md)
	@$(SIMULATOR) local --state .ponte/local

test: NEEDS := test
test: stack ## all tests, those of the deployed stack among them
	@$(LOCAL)/tools.sh prism schemathesis browser >/dev/null
	tests/run.sh

# FILES=tests/browser/playground/conversation.test.mjs is a part.
FILES ?=
test-browser: stack ## the pages in a headless Chromium, which it installs if there is none (Debian, root)
	@PONTE_CHROMIUM="$$(infra/browser/install.sh)" PONTE_BROWSER=required tests/browser/run.sh $(FILES)

pictures: stack ## takes the pictures of docs/pictures anew, as test-browser
	@PONTE_CHROMIUM="$$(infra/browser/install.sh)" PONTE_BROWSER=required tests/browser/run.sh --pictures

# moto is written by others than the emulator of `make test`: what passes on both is less likely to be the kindness of one.
# Before that, a deployment with every option that the conversations do not use.
OPTIONS := BlipUrl=http://127.0.0.1:9 BlipKey=no-key-of-anybody BlipToken=no-token-of-anybody Helpdesk=chatwoot HelpdeskUrl=http://127.0.0.1:9 \
  HelpdeskCredentials=no-key-of-anybody HelpdeskWebhookSecret=no-secret-of-anybody BlipRouterKey=no-key-of-anybody RestChannelToken=no-token-of-anybody AvailabilityToken=no-token-of-anybody \
  Tracing=true AccessLog=true AlarmEmail=nobody@example.com LogLevel=debug
test-moto: stack ## whole conversations of the built functions on moto, a second emulator
	@AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test PYTHONDONTWRITEBYTECODE=1 "$$($(LOCAL)/tools.sh moto)/bin/python" infra/moto/pins.py
	@infra/moto/up.sh .ponte/moto-options $(OPTIONS) && infra/moto/down.sh .ponte/moto-options
	@for demo in demo demo-helper demo-site; do \
	  PONTE_LOCAL="$(CURDIR)/infra/moto" $(SIMULATOR) $$demo --state .ponte/moto || { \
	    echo "test-moto: $$demo failed; .ponte/moto/host.log and .ponte/moto/logs say more" >&2; exit 1; }; done

# Needs root and Debian, once for the installation (which calls apt-get) and then for chroot.
test-real: stack ## whole conversations with a real Request Tracker, which it installs once
	PONTE_REQUEST_TRACKER="$$(infra/request-tracker/install.sh)" \
	  PONTE_LOCAL="$(CURDIR)/$(LOCAL)" PONTE_SIMULATOR="$(CURDIR)/$(SIMULATOR)" \
	  cargo test --workspace --all-features --test real -- --nocapture

# Other histories each time: the first one comes from the clock, and is printed with how they are played again. A failing seed prints
# the command that replays it and the history in words.
SEEDS ?= 1000000
BASE := $(or $(BASE),$(shell date +%s)000)
simulate: ## plays SEEDS fresh histories of the simulation, from BASE on (`make test` plays the same 20,000 each time)
	@echo "simulate: BASE=$(BASE) SEEDS=$(SEEDS) plays these again"
	PONTE_BASE=$(BASE) PONTE_SEEDS=$(SEEDS) \
	  cargo test --profile simulate -p ponte-tests --test ponte simulation::tests::twenty_thousand -- --nocapture

# Hours for all of it; what was tried is kept until the code or a test changes. tests/mutants/README.md
FOLDER ?=
SHARD ?= 1/1
mutants: ## changes the code in small ways and says what no test notices (FOLDER=relay, SHARD=1/4: a part)
	@$(LOCAL)/tools.sh cargo-mutants >/dev/null
	PATH="$(CARGO_TOOLS):$$PATH" PYTHONDONTWRITEBYTECODE=1 python3 tests/mutants/run.py --shard $(SHARD) $(FOLDER:%=--folder %)

# Needs g++. What is found is kept, with the command that plays it again. tests/fuzz/README.md
MINUTES ?= 10
fuzz: ## fuzzes every parser of foreign bytes, MINUTES for each target
	tests/fuzz/run.sh run $$(($(MINUTES) * 60))

# What SAM makes of the templates.
BUILT := target/checks/template.json target/checks/alarms.json target/checks/dashboard.json
lint-template: ## the templates against AWS's schemas and rules
	@$(LOCAL)/tools.sh deploy checks cfn-lint >/dev/null
	@mkdir -p target/checks
	$(WITH_DEPLOY); for template in template.yaml infra/alarms.yaml infra/dashboard.yaml; do \
	  AWS_DEFAULT_REGION=us-east-1 python infra/checks/built.py $$template target/checks/$$(basename $$template .yaml).json; done
	export PATH="$$($(LOCAL)/tools.sh cfn-lint)/bin:$$PATH" PYTHONPATH=infra/checks PYTHONDONTWRITEBYTECODE=1; \
	  python infra/checks/planted.py $(BUILT); \
	  regions=$$(python infra/checks/regions.py $(BUILT)); \
	  cfn-lint --config-file infra/checks/cfn-lint.yaml --regions $$regions --template template.yaml infra/alarms.yaml infra/dashboard.yaml $(BUILT)
	$$($(LOCAL)/tools.sh checks)/bin/checkov --config-file infra/checks/checkov.yaml --directory target/checks

lint: lint-template ## format, clippy, licences and bans, unused dependencies, template, scripts
	@$(LOCAL)/tools.sh cargo-deny cargo-machete >/dev/null
	cargo fmt --all --check
	cargo fmt --manifest-path tests/fuzz/programs/Cargo.toml --check
	cargo clippy --workspace --all-targets --all-features -- -D warnings
	$(CARGO_TOOLS)/cargo-deny --workspace check --hide-inclusion-graph licenses bans sources
	$(CARGO_TOOLS)/cargo-machete
	for script in $(LOCAL)/*.sh infra/browser/*.sh infra/moto/*.sh infra/request-tracker/*.sh tests/bench/*.sh tests/browser/*.sh tests/fuzz/*.sh tests/mutants/*.sh tests/*.sh .ci/run; do bash -n "$$script"; done

# Built without link-time optimization, in a folder of its own: it only plays, and must be quick to build.
BENCH = tests/bench/build.sh; \
  CARGO_TARGET_DIR=target/bench/build CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=2 \
  cargo build --quiet --release -p ponte-bench; \
  target/bench/build/release/ponte-bench --node "$$(command -v node)" --python "$$($(LOCAL)/tools.sh bench-python)/bin/python"
bench: ## measures the functions beside Node and Python, and rewrites docs/performance.md
	$(BENCH) bench

cost: ## counts the operations of a message, and prices a million by infra/prices.toml
	$(BENCH) cost

# The database of advisories is a repository on the internet, which not every machine reaches: then this says so, and fails.
advisories: ## known faults of dependencies, where the database of advisories can be had
	@$(LOCAL)/tools.sh cargo-deny >/dev/null
	@$(CARGO_TOOLS)/cargo-deny --workspace check --hide-inclusion-graph advisories || { \
	  echo "advisories: not checked, or not clean. If the database above could not be fetched, try where it can be." >&2; exit 1; }

# All functions in one run, then sam, which finds them done. With link-time optimization: minutes.
build: ## the functions as they are deployed to AWS
	@$(LOCAL)/ready.sh
	$(WITH_DEPLOY); cargo lambda build --release $(FUNCTIONS:%=--bin=%); sam build

# Looks at the stack before anything is built: nobody waits for a build that cannot be deployed. DEPLOY="--stack-name other --yes" and the like:
# `python infra/deploy --help`.
DEPLOY ?=
deploy: ## builds, and deploys to AWS; asks for the parameters the first time
	$(WITH_DEPLOY); python infra/deploy --build "$(MAKE) --no-print-directory build" $(DEPLOY)

clean: ## removes what was built, and stops stacks that still run
	@for state in .ponte/*/; do [[ ! -d $$state ]] || { $(LOCAL)/down.sh "$$state"; infra/moto/down.sh "$$state"; }; done
	rm -rf target .aws-sam .ponte
