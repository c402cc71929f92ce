import Gateway
import IngestRules
import Testing

@Suite("ingest.yaml: faults are sentences with line, key, value and expectation")
struct IngestFileTests {
    private func faults(_ yaml: String) -> [String] {
        do throws(ConfigurationFaults) {
            _ = try IngestFile.rules(yaml: yaml, path: "ingest.yaml")
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    @Test(
        "a fault names file, line, rule, key, value and what was expected",
        arguments: [
            (
                "rules:\n  - name: a\n    topc: x/{device}\n    topic: x/{device}\n",
                "ingest.yaml line 3: a.topc; expected a known key; did you mean topic?"
            ),
            (
                "rules:\n  - name: a\n    topic: x/{device}\n    format: jsn\n",
                "ingest.yaml line 4: a.format is “jsn”; expected one of json, number, text, auto, sparkplugB; did you mean json?"
            ),
            (
                "rules:\n  - name: a\n    topic: x/{device}/#/y\n",
                "ingest.yaml line 3: a.topic is “x/{device}/#/y”; expected # only as the last level"
            ),
            (
                "rules:\n  - name: a\n    topic: x/{device}\n    device: \"{devise}\"\n",
                "ingest.yaml line 4: a.device is “{devise}”; expected names of the topic's levels in braces ({device}) "
                    + "or {payload:PATH}; did you mean {device}?"
            ),
            (
                "rules:\n  - name: a\n    topic: x/{device}\n    convert:\n      - {of: [T], unit: farenheit}\n",
                "ingest.yaml line 5: a.convert.unit is “farenheit”; expected one of fahrenheit, inHg, kelvin, kilopascal, "
                    + "kmh, knots, mmHg, mph, pascal, psi; did you mean fahrenheit?"
            ),
            ("rules:\n  - topic: x\n", "ingest.yaml line 2: rule 1.name is “”; expected a text; the key is missing"),
            ("rule: []\n", "ingest.yaml line 1: rule; expected a known key; did you mean rules?"),
            ("rules: 7\n", "ingest.yaml line 1: rules is “7”; expected a list of rules, each begun by “- name:”"),
            ("rules: [\n", "ingest.yaml line 2:; expected valid YAML (did not find expected node content)"),
        ]
    )
    func fault(yaml: String, expected: String) {
        let faults = self.faults(yaml)
        #expect(faults.contains(expected), "\(faults)")
    }

    @Test("all faults of a file are reported at once")
    func several() {
        let yaml = "rules:\n  - {name: a, topic: x/+}\n  - {name: b, topic: \"x/{device}\", broker: perhaps}\n"
        #expect(self.faults(yaml).count == 2)
    }

    @Test("an empty file has no rules", arguments: ["", "rules:\n", "rules: []\n", "# nothing\n"])
    func empty(yaml: String) throws {
        #expect(try IngestFile.rules(yaml: yaml, path: "ingest.yaml").rules.isEmpty)
    }

    @Test("a file of rules is told from a gateway's settings by its top key")
    func kind() {
        #expect(IngestFile.isIngestFile(yaml: "rules: []\n"))
        #expect(!IngestFile.isIngestFile(yaml: "mqtt:\n  port: 1\n"))
        #expect(!IngestFile.isIngestFile(yaml: "a: ["))
    }
}
