/// Lines that make the minimal scenario of ``ScenarioFileTests`` wrong.
enum ScenarioFaults {
    /// A line, from 1, what replaces it, and what is said about it.
    static let all: [(line: Int, text: String, expected: String)] = [
        (1, "sed: 7", "f.yaml:1: the scenario has no key “sed”; did you mean “seed”?"),
        (1, "seed: -1", "f.yaml:1: seed is “-1” but must be a whole number from 0 to 18446744073709551615"),
        (1, "startTime: \"24:00\"", "f.yaml:1: startTime is “24:00” but must be a time of day, such as \"13:30\""),
        (1, "seed: [1]", "f.yaml:1: seed must be a single value"),
        (3, "  - counts: 2", "f.yaml:3: a device group has no key “counts”; did you mean “count”?"),
        (3, "  - count: 0", "f.yaml:3: count is “0” but must be a whole number from 1 to 100000"),
        (3, "  - count: 100001", "f.yaml:3: count is “100001” but must be a whole number from 1 to 100000"),
        (3, "  - count: two", "f.yaml:3: count is “two” but must be a whole number from 1 to 100000"),
        (4, "    id: cold", "f.yaml:4: id is “cold” but must be an id of letters"),
        (4, "    id: \"cold store {n}\"", "f.yaml:4: id is “cold store {n}” but must be an id of letters"),
        (4, "    ids: cold-{n}", "f.yaml:4: a device group has no key “ids”; did you mean “id”?"),
        (5, "    kind: coldstore", "f.yaml:5: kind is “coldstore” but must be one of room, coldStore, greenhouse"),
        (6, "    interval: 9ms", "f.yaml:6: interval is “9ms” but must be a time from 10ms to 24h"),
        (6, "    interval: 25h", "f.yaml:6: interval is “25h” but must be a time from 10ms to 24h"),
        (6, "    interval: 250", "f.yaml:6: interval is “250” but must be a time from 10ms to 24h"),
        (6, "    intervall: 1s", "f.yaml:6: a device group has no key “intervall”; did you mean “interval”?"),
        (6, "    interval: 1s\n    interval: 2s", "the key interval is there twice"),
        (
            6, "    interval: 1s\n    channels: {temprature: {}}",
            "channels of a coldStore has no key “temprature”; did you mean “temperature”?"
        ),
        (6, "    interval: 1s\n    channels: {}", "f.yaml:7: channels must name at least one of temperature, humidity"),
        (
            6, "    interval: 1s\n    channels:\n      humidity:\n        moise: 3",
            "f.yaml:9: humidity has no key “moise”; did you mean “noise”?"
        ),
        (
            6, "    interval: 1s\n    channels:\n      humidity:\n        minimum: 100",
            "f.yaml:9: minimum leaves no range: minimum 100.0 is not below maximum 100.0"
        ),
        (
            6, "    interval: 1s\n    channels:\n      humidity:\n        noise: nan",
            "f.yaml:9: noise is “nan” but must be a number from 0.0 to 1000000.0"
        ),
        (
            6, "    interval: 1s\n    channels:\n      humidity:\n        resolution: 0",
            "f.yaml:9: resolution is “0” but must be a positive decimal up to 1000, such as 0.01"
        ),
        (8, "  - kind: stuck", "f.yaml:8: kind is “stuck” but must be spike"),
        (9, "    device: cold-3", "f.yaml:9: device is “cold-3”, which no group has; did you mean “cold-1”?"),
        (10, "    channel: co2", "f.yaml:10: channel is “co2” but must be a channel of cold-2: temperature, humidity"),
        (11, "    after: soon", "f.yaml:11: after is “soon” but must be a time from 0s to 1000h"),
        (12, "    size: 0", "f.yaml:12: size is “0” but must be a number from -1000000 to 1000000, not 0"),
        (12, "    size: 1\n    readings: 0", "f.yaml:13: readings is “0” but must be a whole number from 1 to 1000000"),
        (12, "    duration: 5s", "f.yaml:12: a fault has no key “duration”"),
        (12, "", "f.yaml:8: the key size is missing"),
        (2, "devices: {}", "f.yaml"),
        (1, "seed: \"7", "is no YAML"),
    ]
}
