import DeviceHub
import DeviceRegistry
import HubProtocol
import TelemetryModel
import Testing

@Suite("whose token opens which enrollment, contract provisioning sections 1, 2 and 5")
struct ProvisioningAdmissionTests {
    private static let now = Timestamp(seconds: 1_795_000_000)
    private static let keys = (0..<4).map { _ in SASToken.makeKey() }

    private static func group(_ name: String, _ place: Int, isEnabled: Bool = true) -> Enrollment {
        Enrollment(
            kind: .group,
            name: name,
            isEnabled: isEnabled,
            attestation: .keys(primary: self.keys[place], secondary: self.keys[place + 1])
        )
    }

    private static func judge(
        _ key: String?,
        _ candidates: [Enrollment],
        scope: String = "weir",
        seconds: Int64 = 60
    ) throws -> Result<String, ProvisioningAdmission.Refusal> {
        let token = SASToken.make(
            resource: "\(scope)/registrations/sensor-7",
            key: try #require(key.flatMap { SASToken.keyBytes($0) }),
            expiry: Timestamp(seconds: 1_795_000_000 + seconds),
            policy: "registration"
        )
        let parsed = try SASToken(parsing: token)
        let userName = try ProvisioningUserName(parsing: "\(scope)/registrations/sensor-7/api-version=2019-03-31")
        do throws(ProvisioningAdmission.Refusal) {
            let proof = try ProvisioningAdmission.judge(
                parsed,
                userName,
                idScope: "weir",
                candidates: candidates,
                at: self.now
            )
            return .success(proof.enrollment.key)
        } catch {
            return .failure(error)
        }
    }

    @Test("a device's key of any group opens that group, derived from the first or the second key")
    func groups() throws {
        let id = try #require(RegistrationID("sensor-7"))
        let groups = [Self.group("a", 0), Self.group("b", 2)]
        #expect(try Self.judge(id.deviceKey(ofGroup: Self.keys[0]), groups) == .success("a"))
        #expect(try Self.judge(id.deviceKey(ofGroup: Self.keys[1]), groups) == .success("a"))
        #expect(try Self.judge(id.deviceKey(ofGroup: Self.keys[2]), groups) == .success("b"))
        #expect(try Self.judge(id.deviceKey(ofGroup: Self.keys[3]), groups) == .success("b"))
        // The group's own key is no device's, and another device's key neither.
        #expect(try Self.judge(Self.keys[0], groups) == .failure(.token(.wrongKey)))
        let other = try #require(RegistrationID("sensor-8"))
        #expect(try Self.judge(other.deviceKey(ofGroup: Self.keys[0]), groups) == .failure(.token(.wrongKey)))
        #expect(try Self.judge(id.deviceKey(ofGroup: Self.keys[0]), []) == .failure(.unknownEnrollment))
    }

    @Test("an individual's keys are used as they are")
    func individual() throws {
        let own = Enrollment(
            kind: .individual,
            name: "sensor-7",
            attestation: .keys(primary: Self.keys[0], secondary: Self.keys[1])
        )
        #expect(try Self.judge(Self.keys[0], [own]) == .success("sensor-7"))
        #expect(try Self.judge(Self.keys[1], [own]) == .success("sensor-7"))
        #expect(try Self.judge(Self.keys[2], [own]) == .failure(.token(.wrongKey)))
    }

    @Test("a disabled enrollment opens to nobody, but another group with the same key does")
    func disabled() throws {
        let key = try #require(RegistrationID("sensor-7")).deviceKey(ofGroup: Self.keys[0])
        #expect(try Self.judge(key, [Self.group("a", 0, isEnabled: false)]) == .failure(.disabled))
        #expect(try Self.judge(key, [Self.group("a", 0, isEnabled: false), Self.group("b", 0)]) == .success("b"))
    }

    @Test("another scope and an ended token are refused, and certificates have no key")
    func others() throws {
        let key = try #require(RegistrationID("sensor-7")).deviceKey(ofGroup: Self.keys[0])
        #expect(try Self.judge(key, [Self.group("a", 0)], scope: "other") == .failure(.unknownScope))
        #expect(try Self.judge(key, [Self.group("a", 0)], scope: "WEIR") == .success("a"))
        #expect(try Self.judge(key, [Self.group("a", 0)], seconds: 1) == .success("a"))
        #expect(try Self.judge(key, [Self.group("a", 0)], seconds: 0) == .failure(.token(.expired)))
        let certificates = Enrollment(kind: .group, name: "x", attestation: .authorities([[1]]))
        #expect(try Self.judge(key, [certificates]) == .failure(.token(.wrongKey)))
    }
}
