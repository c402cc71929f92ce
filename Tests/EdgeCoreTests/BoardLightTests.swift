import EdgeCore
import SensorKit
import SensorTestSupport
import Testing

@Suite("the light that identify blinks")
struct BoardLightTests {
    private static let folder = "/sys/class/leds/ACT"

    private static func board() -> FakeSysfs {
        let files = FakeSysfs()
        files.files = [
            "\(folder)/trigger": "none kbd-scrolllock [mmc0] timer\n", "\(folder)/brightness": "255\n",
            "/sys/class/leds/PWR/trigger": "[default-on]\n", "/sys/class/leds/PWR/brightness": "1\n",
        ]
        return files
    }

    @Test("it blinks twice a second for its time and is then what it was")
    func blinks() throws {
        let files = Self.board()
        var light = try BoardLight(configured: nil, blinkingFor: .seconds(1), at: .zero, files: files)
        #expect(light.name == "ACT")
        var states: [String] = []
        var goesOn = true
        while goesOn {
            goesOn = light.step(at: light.stepAt)
            states.append(files.files["\(Self.folder)/brightness"] ?? "")
        }
        #expect(states == ["1", "0", "1", "0", "255"])
        #expect(files.files["\(Self.folder)/trigger"] == "mmc0")
    }

    @Test("the configured light goes before the usual ones, by name or by folder")
    func configured() throws {
        for name in ["PWR", "/sys/class/leds/PWR"] {
            let files = Self.board()
            let light = try BoardLight(configured: name, blinkingFor: .seconds(1), at: .zero, files: files)
            #expect(files.files["/sys/class/leds/PWR/trigger"] == "none")
            light.restore()
            #expect(files.files["/sys/class/leds/PWR/trigger"] == "default-on")
        }
    }

    @Test("no light, one that is not there and one that may not be written say so")
    func faults() {
        let none = #expect(throws: SensorFault.self) {
            try BoardLight(configured: nil, blinkingFor: .seconds(1), at: .zero, files: FakeSysfs())
        }
        #expect(none?.reason == .adapterGone)
        let missing = #expect(throws: SensorFault.self) {
            try BoardLight(configured: "led9", blinkingFor: .seconds(1), at: .zero, files: Self.board())
        }
        #expect(missing?.detail.contains("/sys/class/leds/led9") == true)
        let files = Self.board()
        files.faults["\(Self.folder)/trigger"] = .permission
        let denied = #expect(throws: SensorFault.self) {
            try BoardLight(configured: nil, blinkingFor: .seconds(1), at: .zero, files: files)
        }
        #expect(denied?.reason == .permission)
    }
}
