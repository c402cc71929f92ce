import SensorKit
import Testing

@Suite("the dew point, sensors contract section 1 rule 11")
struct DewPointTests {
    @Test(
        "the contract's examples, saturated air, and air that has none",
        arguments: [
            (25.0, 50.0, 13.85), (-10, 80, -12.80), (20, 100, 20), (0, 100, 0), (20, 0, nil), (20, -1, nil),
            (-244, 50, nil),
        ] as [(Double, Double, Double?)]
    )
    func examples(temperature: Double, humidity: Double, expected: Double?) throws {
        let value = DewPoint.celsius(temperature: temperature, humidity: humidity)
        guard let expected else {
            #expect(value == nil)
            return
        }
        #expect(abs(try #require(value) - expected) < 0.005)
    }
}
