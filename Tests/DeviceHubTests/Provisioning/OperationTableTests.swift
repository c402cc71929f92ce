import HubProtocol
import TelemetryModel
import Testing

@testable import DeviceHub

@Suite("operation ids of registrations, contract provisioning section 5")
struct OperationTableTests {
    private static let answer = ProvisioningAnswer(status: 200, body: [1])
    private static let start = Timestamp(seconds: 1_000)

    @Test("one operation of a registration runs at a time, whatever case its id has")
    func oneAtATime() throws {
        var table = OperationTable()
        let id = try #require(RegistrationID("sensor-7"))
        let upper = try #require(RegistrationID("SENSOR-7"))
        let first = table.begin("a", of: id, at: Self.start)
        #expect(first)
        let second = table.begin("b", of: upper, at: Self.start)
        #expect(!second)
        #expect(table.find("a", of: upper, at: Self.start) == .running)
        #expect(table.runningCount == 1)
        table.end("a", of: id, Self.answer)
        #expect(table.find("a", of: id, at: Self.start) == .done(Self.answer))
        let third = table.begin("b", of: id, at: Self.start)
        #expect(third)
    }

    @Test("an operation is known for ten minutes, and to its own registration only")
    func life() throws {
        var table = OperationTable()
        let id = try #require(RegistrationID("sensor-7"))
        let fourth = table.begin("a", of: id, at: Self.start)
        #expect(fourth)
        table.end("a", of: id, Self.answer)
        #expect(table.find("a", of: id, at: Self.start + .milliseconds(599_999)) == .done(Self.answer))
        #expect(table.find("a", of: id, at: Self.start + .seconds(600)) == .unknown)
        #expect(table.find("a", of: try #require(RegistrationID("sensor-8")), at: Self.start) == .unknown)
        #expect(table.find("b", of: id, at: Self.start) == .unknown)
        let fifth = table.begin("b", of: id, at: Self.start + .seconds(600))
        #expect(fifth)
        #expect(table.count == 1)
    }

    @Test("beyond the bound the oldest is forgotten")
    func bound() throws {
        var table = OperationTable()
        for number in 0...OperationTable.countMax {
            let id = try #require(RegistrationID("d\(number)"))
            let first = table.begin("op\(number)", of: id, at: Self.start)
            #expect(first)
            table.end("op\(number)", of: id, Self.answer)
        }
        #expect(table.count == OperationTable.countMax)
        #expect(table.find("op0", of: try #require(RegistrationID("d0")), at: Self.start) == .unknown)
        #expect(table.find("op1", of: try #require(RegistrationID("d1")), at: Self.start) == .done(Self.answer))
    }
}
