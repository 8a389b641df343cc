# SPDX-License-Identifier: MIT
# What the project can do for you, in one word each. `make` alone builds.
.PHONY: build setup test demo bench fuzz soak kills topologies clean

build:
	@scripts/build

setup:
	@scripts/setup test

# Everything that CI runs. `scripts/test unit scenarios` runs single stages; `scripts/test --list` names them.
test:
	@scripts/test

# KEEP=1 leaves the demonstration running and prints where.
demo: build
	@KEEP=$(KEEP) scripts/demo

# Throughput, memory and commit time, with their floors; and PySpark beside Foreset on the same topics.
bench:
	@scripts/bench

# The fuzzers for SECONDS each (default 600).
fuzz:
	@scripts/test --fuzz-seconds=$(or $(SECONDS),600) setup asan-all

# Hours instead of minutes: every version of every scenario's tables, and ten times the kills.
soak: build
	@FORESET_EVERY_VERSION=1 FORESET_KILLS=500 scripts/test setup scenarios kill asan-all

# An hour or two: a hundred kills among statements on each server, and one after every durable step of five scripts of them.
kills: build
	@FORESET_STATEMENT_KILLS=100 FORESET_STEPS=all scripts/test setup kill-statements

# Every scenario in all four topologies: through Kafka and to Azure, too.
topologies: build
	@FORESET_TOPOLOGIES=all scripts/test setup topologies

clean:
	rm -rf build
