import HubProtocol
import Testing

@Suite("user names of the provisioning service, contract provisioning section 1")
struct ProvisioningUserNameTests {
    @Test(
        "all forms of the clients are read",
        arguments: [
            "0ne00000001/registrations/sensor-7/api-version=2019-03-31&ClientVersion=azure-iot%2F2.14.0",
            "0ne00000001/registrations/sensor-7/?api-version=2019-03-31", "0ne00000001/registrations/sensor-7",
            "0ne00000001/registrations/sensor-7?api-version=2021-06-01", "0ne00000001/registrations/sensor-7/",
            "0ne00000001/registrations/sensor-7/?api-version=2019-03-31&x=a/b/c",
            "0ne00000001/registrations/sensor-7/api-version=2019-03-31&skn=registration",
        ]
    )
    func forms(text: String) throws {
        let name = try ProvisioningUserName(parsing: text)
        #expect(name.idScope == "0ne00000001")
        #expect(name.registrationID.text == "sensor-7")
        #expect(ProvisioningUserName.isProvisioningForm(text) { $0 == "hub.example.org" })
    }

    @Test(
        "what has no scope, no id or more parts is refused",
        arguments: [
            "/registrations/sensor-7/api-version=1", "0ne1/registrations//api-version=1", "0ne1/registrations/a-/?x=1",
            "0ne1/registrations/a/b/api-version=1", "0ne1/registrations/a/b", "0ne1/registration/a", "0ne1",
        ]
    )
    func refused(text: String) {
        #expect(throws: HubSyntaxError.self) { try ProvisioningUserName(parsing: text) }
    }

    @Test(
        "a module of a device called registrations stays the hub's",
        arguments: [
            ("hub.example.org/registrations/mod1/?api-version=2021-04-12", false),
            ("0ne1/registrations/mod1/?api-version=2021-04-12", true),
            ("hub.example.org/dev1/?api-version=2021-04-12", false), ("registrations/dev1", false),
            ("hub.example.org/registrations", false),
        ]
    )
    func hubOrService(text: String, isProvisioning: Bool) {
        #expect(ProvisioningUserName.isProvisioningForm(text) { $0 == "hub.example.org" } == isProvisioning)
    }
}
