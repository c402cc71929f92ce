import FleetModel
import Testing

@Suite("the pattern of a group's ids")
struct DevicePatternTests {
    @Test(
        "{n} is the device's number, from 1",
        arguments: [
            ("greenhouse-{n}", 3, ["greenhouse-1", "greenhouse-2", "greenhouse-3"]),
            ("{n}-cold", 2, ["1-cold", "2-cold"]),
            ("alone", 1, ["alone"]),
            ("a-{x}", 1, nil),
            ("alone", 2, nil),
            ("a b {n}", 1, nil),
            ("a/{n}", 1, nil),
            ("a+{n}", 1, nil),
            ("#{n}", 1, nil),
            ("", 1, nil),
        ]
    )
    func ids(pattern: String, count: Int, expected: [String]?) {
        #expect(DevicePattern(pattern)?.ids(count: count) == expected)
    }

    @Test("{n} twice is refused")
    func twice() {
        #expect(DevicePattern("{n}-{n}") == nil)
    }

    @Test("ids of more than 128 characters are refused, on both sides of the limit")
    func long() {
        let stem = String(repeating: "a", count: 127)
        #expect(DevicePattern("\(stem){n}")?.ids(count: 9)?.count == 9)
        #expect(DevicePattern("\(stem){n}")?.ids(count: 10) == nil)
    }
}
