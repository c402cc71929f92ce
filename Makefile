# make demo [SECONDS=20]   build in release mode and run gateway, simulated fleet and agent on this machine
# make test                format, build with warnings as errors and checked imports, all tests
# make soak [SECONDS=300]  half load with connects and disconnects of every kind; memory and file descriptors stay flat
# make fuzz [SECONDS=600]  20,000 crashes of the event log on a simulated disk, then the packet decoder on mutated bytes
#                          for SECONDS; WEIR_SEED repeats a run
# make bench TOOLS=folder  the MQTT endpoint beside mosquitto and nullbroker (TOOLS has mqttload), three rounds
# make bench-kafka         the event log and the Kafka endpoint: appending beside a C loop, consuming beside noida-db,
#                          latency, memory and start with 10 GiB; needs 40 GiB of disk, half an hour
# make bench-detect        the detectors on the labelled data, and what a value costs them
# make bench-agent         the agent's size, memory, CPU, start and writing with eight sensors; 35 minutes
# make build               debug build
# make install             release programs to PREFIX (/usr/local), the systemd unit, and /etc/weir/gateway.yaml when there
#                          is none; DESTDIR goes before every path
# make deb                 weir_*.deb and weir-agent_*.deb for this machine's architecture, into .build/deb
# make format              format the sources in place
# make clean               remove what was built

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
swift_folders := Sources devices Simulator Tests Package.swift
products := weir weir-agent weir-sim
check_imports := --explicit-target-dependency-import-check error

# One file that needs no Swift on the machine; exclusivity is checked in debug builds, which all tests run.
release_flags := -c release --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked
# The agent is built small, in a folder of its own: other flags would build everything again. Each function is in a section
# of its own, what nobody calls is left out, and what runs all the time lies together (Tests/Benchmarks/agent-order.py).
agent_flags := --scratch-path .build/agent -Xswiftc -Osize -Xswiftc -Xfrontend -Xswiftc -function-sections \
	-Xswiftc -use-ld=lld -Xlinker --gc-sections -Xlinker --no-export-dynamic \
	-Xlinker --symbol-ordering-file='$(CURDIR)/devices/weir-agent.order' -Xlinker --no-warn-symbol-ordering

.PHONY: demo test soak fuzz bench bench-kafka bench-agent bench-detect build install deb packages-build packages-test lint format clean release

demo: release
	.build/release/weir demo $(if $(SECONDS),--seconds $(SECONDS))

release: packages-build
	@for product in weir weir-sim; do swift build $(release_flags) --product $$product || exit 1; done
	@swift build $(release_flags) $(agent_flags) --product weir-agent
	@install .build/agent/release/weir-agent .build/release/weir-agent

build: packages-build
	swift build $(check_imports)

# One test after the other: with two cores a time limit means something only then.
test: packages-test lint .venv-test/ready .venv-mqtt/ready .venv-kafka/ready
	swift build --build-tests $(check_imports)
	swift test --skip-build --no-parallel 2>&1 | scripts/failures-last

soak: release .venv-mqtt/ready
	.venv-mqtt/bin/python Tests/Soak/soak.py .build/release/weir --seconds $(or $(SECONDS),300) \
		$(if $(MQTTLOAD),--load-generator $(MQTTLOAD))

fuzz: packages-build
	WEIR_CRASH_HISTORIES=1000 swift test --filter CrashTests
	WEIR_FUZZ_SECONDS=$(or $(SECONDS),600) swift test --filter PacketFuzz

bench: release packages-test
	python3 Tests/Benchmarks/mqtt.py --tools $(TOOLS)

bench-kafka: release packages-test .venv-bench/ready
	swift build $(release_flags) --product append-benchmark
	.venv-bench/bin/python Tests/Benchmarks/kafka.py

bench-detect: release
	swift build $(release_flags) --product detector-benchmark
	.build/release/detector-benchmark
	python3 Tests/Benchmarks/detect.py --weir .build/release/weir

bench-agent: release
	python3 Tests/Benchmarks/agent.py

PREFIX ?= /usr/local

install:
	@for product in $(products); do \
		test -x .build/release/$$product || { echo "run \`make release\` first: .build/release/$$product is missing"; exit 1; }; done
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)/etc/weir $(DESTDIR)/etc/systemd/system
	install $(products:%=.build/release/%) $(DESTDIR)$(PREFIX)/bin
	sed 's|/usr/local/bin|$(PREFIX)/bin|' config/weir.service > $(DESTDIR)/etc/systemd/system/weir.service
	test -e $(DESTDIR)/etc/weir/gateway.yaml || install -m 644 config/gateway.yaml $(DESTDIR)/etc/weir/gateway.yaml

deb: release
	scripts/build-deb

lint: packages-build
	swift format lint --strict --recursive $(swift_folders)

format:
	swift format --in-place --recursive $(swift_folders)

# Python clients that the tests run against the gateway, in environments of their own: azure-iot-device needs
# paho-mqtt 1. The last one is for `make bench-kafka`.
.venv-test/ready: Tests/requirements.txt
.venv-mqtt/ready: Tests/requirements-mqtt.txt
.venv-kafka/ready: Tests/requirements-kafka.txt
.venv-bench/ready: Tests/Benchmarks/requirements.txt
.venv-test/ready .venv-mqtt/ready .venv-kafka/ready .venv-bench/ready:
	python3 -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

packages-build:
	@scripts/install-packages build

packages-test:
	@scripts/install-packages test

clean:
	rm -rf .build .venv-test .venv-mqtt .venv-kafka .venv-bench
