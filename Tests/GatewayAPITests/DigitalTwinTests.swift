import HubProtocol
import TelemetryJSON
import Testing

@testable import GatewayAPI

@Suite("Digital twins, contract iothub-rest section 9")
struct DigitalTwinTests {
    @Test("properties are reported, else desired values; components are looked into; metadata stands beside")
    func document() throws {
        let twin = try #require(
            try JSONValue(
                parsing: #"""
                    {"deviceId":"d-1","modelId":"dtmi:x;1","properties":{
                    "desired":{"target":42,"fan":1,"thermo1":{"__t":"c","limit":9},
                    "$metadata":{"$lastUpdated":"T0","target":{"$lastUpdated":"T1","$lastUpdatedVersion":3},
                    "fan":{"$lastUpdated":"T2","$lastUpdatedVersion":4},
                    "thermo1":{"limit":{"$lastUpdated":"T3","$lastUpdatedVersion":5}}},"$version":5},
                    "reported":{"target":40,"fw":"1.0","thermo1":{"__t":"c","max":7},
                    "$metadata":{"$lastUpdated":"T9","target":{"$lastUpdated":"T8"},"fw":{"$lastUpdated":"T7"},
                    "thermo1":{"max":{"$lastUpdated":"T6"}}},"$version":2}}}
                    """#
            ).object
        )
        let expected = try JSONValue(
            parsing: #"""
                {"$dtId":"d-1","target":40,"fw":"1.0","fan":1,
                "thermo1":{"max":7,"limit":9,"$metadata":{"max":{"lastUpdateTime":"T6"},
                "limit":{"desiredValue":9,"desiredVersion":5,"lastUpdateTime":"T3"}}},
                "$metadata":{"$model":"dtmi:x;1","fw":{"lastUpdateTime":"T7"},
                "target":{"desiredValue":42,"desiredVersion":3,"lastUpdateTime":"T8"},
                "fan":{"desiredValue":1,"desiredVersion":4,"lastUpdateTime":"T2"}}}
                """#
        )
        #expect(JSONValue.object(DigitalTwin.document(of: twin)) == expected)
    }

    @Test(
        "a JSON Patch becomes an update of desired properties",
        arguments: [
            (#"[{"op":"add","path":"/target","value":42}]"#, #"{"target":42}"#),
            (#"[{"op":"replace","path":"/target","value":{"a":[1]}}]"#, #"{"target":{"a":[1]}}"#),
            (#"[{"op":"remove","path":"/target"}]"#, #"{"target":null}"#),
            (
                #"[{"op":"add","path":"/thermo1/target","value":42},{"op":"remove","path":"/thermo1/old"}]"#,
                #"{"thermo1":{"__t":"c","target":42,"old":null}}"#
            ),
            (#"[{"op":"add","path":"/a~1b~0c","value":1}]"#, #"{"a/b~c":1}"#),
            ("[]", "{}"),
        ]
    )
    func patch(operations: String, desired: String) throws {
        let body = try DigitalTwin.twinPatch(for: try JSONValue(parsing: operations))
        let expected = try JSONValue(parsing: "{\"properties\":{\"desired\":\(desired)}}")
        #expect(body == expected)
    }

    @Test(
        "an operation that is none is refused with its number",
        arguments: [
            (#"{"op":"add"}"#, "not an array"), (#"[{"op":"add","path":"/a","value":1},7]"#, "operation 1"),
            (#"[{"op":"add","value":1}]"#, "path"), (#"[{"op":"add","path":"a","value":1}]"#, "expected /property"),
            (#"[{"op":"add","path":"/a/b/c","value":1}]"#, "expected /property"),
            (#"[{"op":"add","path":"/","value":1}]"#, "expected /property"),
            (#"[{"op":"add","path":"","value":1}]"#, "expected /property"),
            (#"[{"op":"add","path":"/a"}]"#, "no “value”"),
            (#"[{"op":"move","path":"/a","from":"/b"}]"#, "add, replace or remove"),
        ]
    )
    func fault(operations: String, words: String) throws {
        let operations = try JSONValue(parsing: operations)
        do throws(HubError) {
            _ = try DigitalTwin.twinPatch(for: operations)
            Issue.record("taken")
        } catch {
            #expect(error.code == .argumentInvalid)
            #expect(error.message.contains(words), "\(error.message)")
        }
    }

    @Test("a command is a direct method, a component's with its name before a star")
    func commands() {
        #expect(DigitalTwin.methodName(command: "reboot", component: nil) == "reboot")
        #expect(DigitalTwin.methodName(command: "getMax", component: "thermo1") == "thermo1*getMax")
    }
}
