package import SensorKit

/// The board's light, for `identify`: blinks, and is put back to what it was.
///
/// Source: Documentation/leds/leds-class.rst. Used by one thread.
package struct BoardLight {
    /// Names of lights that boards have, the best first.
    private static let usual = ["ACT", "led0", "PWR", "led1"]
    private static let folder = "/sys/class/leds"
    private static let phase: Duration = .milliseconds(250)

    private let files: any SysfsFiles
    private let path: String
    package let name: String
    private let trigger: String
    private let brightness: String
    private var isOn = false
    private let endsAt: Duration
    /// When ``step(at:)`` is due.
    package private(set) var stepAt: Duration

    /// Takes the light over.
    ///
    /// - Parameters:
    ///   - configured: Its name, or its folder; `nil`: the first of those that boards usually have.
    ///   - duration: For how long.
    ///   - now: Monotonic.
    ///   - files: The kernel's.
    /// - Throws: `adapter_gone` when there is none, `permission` when it may not be written.
    package init(
        configured: String?,
        blinkingFor duration: Duration,
        at now: Duration,
        files: any SysfsFiles
    ) throws(SensorFault) {
        let lights = files.list(Self.folder)
        guard let name = configured ?? Self.usual.first(where: lights.contains) ?? lights.first else {
            throw SensorFault(.adapterGone, "there is no light in \(Self.folder)")
        }
        self.files = files
        self.name = name
        self.path = name.hasPrefix("/") ? name : "\(Self.folder)/\(name)"
        guard files.exists(self.path) else { throw SensorFault(.adapterGone, "there is no light \(self.path)") }
        self.trigger = Self.selected(in: (try? files.read("\(self.path)/trigger")) ?? [])
        let brightness = (try? files.read("\(self.path)/brightness")) ?? []
        self.brightness = String(decoding: brightness.prefix { $0 != 0x0A }, as: UTF8.self)
        self.endsAt = now + duration
        self.stepAt = now
        try files.write(Array("none".utf8), to: "\(self.path)/trigger")
    }

    /// Switches it on or off; when its time is over, puts it back.
    ///
    /// - Returns: Whether it goes on.
    package mutating func step(at now: Duration) -> Bool {
        guard now < self.endsAt else {
            self.restore()
            return false
        }
        self.isOn.toggle()
        self.set(self.isOn ? "1" : "0", of: "brightness")
        self.stepAt = now + Self.phase
        return true
    }

    /// Puts it back to what it was.
    package func restore() {
        self.set(self.brightness, of: "brightness")
        self.set(self.trigger, of: "trigger")
    }

    /// Nothing can be done about a light that does not light; who looks for it sees that.
    private func set(_ text: String, of attribute: String) {
        try? self.files.write(Array(text.utf8), to: "\(self.path)/\(attribute)")
    }

    /// `none [mmc0] timer` → `mmc0`.
    private static func selected(in bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let start = text.firstIndex(of: "["), let end = text.firstIndex(of: "]"), start < end else {
            return "none"
        }
        return String(text[text.index(after: start)..<end])
    }
}
