import HubProtocol
import TelemetryModel
import Testing

@Suite("the user name of CONNECT, contract iothub-mqtt section 2")
struct HubUserNameTests {
    @Test(
        "host, identity and parameters are read",
        arguments: [
            ("hub.example.org/dev1/?api-version=2019-10-01", "hub.example.org", "dev1", "2019-10-01"),
            (
                "hub/dev1/mod1/?api-version=2019-10-01&DeviceClientType=azure-iot-device-iothub-py%2F2.14.0", "hub",
                "dev1/mod1", "2019-10-01"
            ),
            ("hub/a:b#c?d%/?api-version=1", "hub", "a:b#c?d%", "1"),
            ("hub/dev1?api-version=2", "hub", "dev1", "2"),
            ("hub/dev1/api-version=2016-11-14", "hub", "dev1", "2016-11-14"),
            ("hub/dev1/?api-version=1&api-version=3", "hub", "dev1", "3"),
        ]
    )
    func read(text: String, host: String, identity: String, version: String) throws {
        let name = try HubUserName(parsing: text)
        #expect(name.hostName == host)
        #expect(name.identity.description == identity)
        #expect(name.parameters["api-version"] == version)
    }

    @Test("a plus stays a plus and percent escapes are decoded")
    func parameters() throws {
        let name = try HubUserName(parsing: "hub/d/?a=1+2%20%C3%BC&empty&b=x=y")
        #expect(name.parameters == ["a": "1+2 ü", "empty": "", "b": "x=y"])
    }

    @Test(
        "the device model is that of model-id, when it is visible ASCII of at most 2,048 bytes",
        arguments: [
            (
                "hub/d/?api-version=2020-09-30&model-id=dtmi%3Acom%3Aexample%3AThermostat%3B1",
                "dtmi:com:example:Thermostat;1"
            ),
            ("hub/d/?model-id=" + String(repeating: "m", count: 2_048), String(repeating: "m", count: 2_048)),
            ("hub/d/?model-id=" + String(repeating: "m", count: 2_049), nil),
            ("hub/d/?model-id=a%20b", nil), ("hub/d/?model-id=%C3%BC", nil), ("hub/d/?model-id=", nil),
            ("hub/d/?api-version=1", nil),
        ]
    )
    func model(text: String, id: String?) throws {
        #expect(try HubUserName(parsing: text).modelID == id)
    }

    @Test(
        "what cannot be read is refused",
        arguments: [
            "", "dev1", "/dev1/?a=b", "hub//?a=b", "hub/a/b/c/?x=y", "hub/dé/?a=b", "hub/d/?a=%", "hub/d/?%zz=1",
        ]
    )
    func malformed(text: String) {
        #expect(throws: HubSyntaxError.self) { try HubUserName(parsing: text) }
    }

    @Test("an id of 128 characters is read, one of 129 is not")
    func length() throws {
        let id = String(repeating: "x", count: 128)
        #expect(try HubUserName(parsing: "hub/\(id)/?a=b").identity.device == id)
        #expect(throws: HubSyntaxError.self) { try HubUserName(parsing: "hub/\(id)x/?a=b") }
    }

    @Test(
        "a user name is meant in the hub's form when it has parameters or begins with a hub's name",
        arguments: [
            ("hub/dev1/?api-version=1", true), ("other/dev1/?x", true), ("hub/dev1/api-version=1", true),
            ("hub/dev1?api-version=1", true), ("hub/dev1", true), ("dev1", false), ("dev1/mod1", false), ("hub", false),
            ("", false), ("dev1?", false),
        ]
    )
    func form(text: String, isHubForm: Bool) {
        #expect(HubUserName.isHubForm(text) { $0 == "hub" } == isHubForm)
    }
}
