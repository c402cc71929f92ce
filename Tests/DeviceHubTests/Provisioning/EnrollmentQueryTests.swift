import HubProtocol
import TelemetryJSON
import Testing

@testable import DeviceHub

@Suite("queries of enrollments")
struct EnrollmentQueryTests {
    private static let document = """
        {"registrationId":"sensor-7","attestation":{"type":"x509"},"provisioningStatus":"disabled",
         "initialTwin":{"tags":{"site":"a"}},"capabilities":{"iotEdge":false}}
        """

    @Test(
        "a condition is judged on the document, as those of twins are; without one everything matches",
        arguments: [
            ("", true), ("SELECT * FROM enrollments", true), ("select  *\nfrom enrollmentGroups ", true),
            ("SELECT * FROM enrollments WHERE provisioningStatus = 'disabled'", true),
            ("SELECT * FROM enrollments where attestation.type IN ['x509'] AND initialTwin.tags.site = 'a'", true),
            ("SELECT * FROM enrollments WHERE NOT (capabilities.iotEdge)", true),
            ("SELECT * FROM enrollments WHERE provisioningStatus = 'enabled'", false),
            ("SELECT * FROM enrollments WHERE nothing != 'x'", false),
        ]
    )
    func condition(text: String, isMatch: Bool) throws {
        let document = try #require(try JSONValue(parsing: Self.document).object)
        #expect(try EnrollmentQuery(parsing: text).matches(document) == isMatch)
    }

    @Test(
        "what is no such query is refused",
        arguments: [
            "SELECT", "SELECT * FROM", "SELECT a FROM enrollments", "SELECT * FROM enrollments GROUP BY a",
            "SELECT * FROM enrollments WHERE", "SELECT * FROM enrollments WHERE a =", "* FROM enrollments",
            "SELECT * FROM enrollments WHERE nothing(a)",
        ]
    )
    func refused(text: String) {
        #expect(throws: HubError.self) { try EnrollmentQuery(parsing: text) }
    }
}
