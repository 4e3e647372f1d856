# The commands of the README. Everything else is in package.json and lab/.
.DEFAULT_GOAL := help
.PHONY: help test test-quick test-unit test-versions lint build bundle demo demo-down bench bench-scale

help: ## list the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Only npm writes this file, last of all: an interrupted installation is done again.
node_modules/.package-lock.json: package.json package-lock.json
	@echo "installing npm packages"
	@npm ci --no-fund --no-audit --loglevel=error
	@touch $@

test: node_modules/.package-lock.json ## check and test everything, on three labs of three hosts each that it builds and removes
	@test/run

test-quick: node_modules/.package-lock.json ## a deployment of each component, unit tests, most of the plugin's: 6 minutes
	@test/run quick

test-unit: node_modules/.package-lock.json ## the fast part of the tests
	@npx mocha 'test/unit/**/*.test.ts'

test-versions: node_modules/.package-lock.json ## library, plugin and a deployment on other versions of Node and of the SDK
	@test/versions/run

lint: node_modules/.package-lock.json ## types, eslint, prettier
	@npm run --silent lint

build: node_modules/.package-lock.json ## compile the npm package into dist/
	@npm run --silent build

# IMAGES and NODE_ARCHIVES may have patterns, which the shell fills in.
bundle: node_modules/.package-lock.json ## pack CLI, providers, npm packages and IMAGES for an isolated site (docs/offline.md)
	@ARCH="$(ARCH)" IMAGES="$$(echo $(IMAGES))" NODE_ARCHIVES="$$(echo $(NODE_ARCHIVES))" npx tsx bundle/make.ts

demo: node_modules/.package-lock.json ## deploy stack dev onto three hosts on this machine
	@lab/demo

demo-down: node_modules/.package-lock.json ## destroy stack dev and remove its hosts
	@lab/demo-down

bench: node_modules/.package-lock.json ## print the figures of test/bench/README.md
	@npx tsx test/bench/run.ts

bench-scale: node_modules/.package-lock.json ## time small files on up to a hundred hosts that it makes itself
	@npx tsx test/bench/scale.ts
