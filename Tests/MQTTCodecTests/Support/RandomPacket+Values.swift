import MQTTCodec
import NIOCore

extension RandomPacket {
    mutating func chance(_ count: Int = 2) -> Bool {
        Int.random(in: 0..<count, using: &self.random) == 0
    }

    mutating func id() -> UInt16 {
        self.chance(4) ? self.element([1, 255, 256, .max], 1) : UInt16.random(in: 1...(.max), using: &self.random)
    }

    mutating func number() -> UInt32 {
        self.chance(4) ? self.element([1, .max], 1) : UInt32.random(in: 1...(.max), using: &self.random)
    }

    mutating func subscriptionID() -> UInt32 {
        let limits: [UInt32] = [1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455]
        return self.chance() ? self.element(limits, 1) : UInt32.random(in: 1...268_435_455, using: &self.random)
    }

    mutating func filter() -> String {
        let name = String(buffer: self.topic())
        return self.element([name, "#", "+", "/", "\(name)/#", "+/\(name)/+", "$share/g/\(name)"], name)
    }

    mutating func topic() -> ByteBuffer {
        let text = self.text().filter { $0 != "+" && $0 != "#" }
        return ByteBuffer(string: text.isEmpty ? "t" : text)
    }

    /// Text of up to 20 characters, seldom of many.
    mutating func text() -> String {
        let alphabet: [Character] = ["a", "Z", "0", "/", "+", "#", "$", " ", "ü", "€", "𠀀", "\u{FEFF}", "\u{1}"]
        let count = self.chance(16) ? 300 : Int.random(in: 0...20, using: &self.random)
        return String((0..<count).map { _ in self.element(alphabet, "a") })
    }

    mutating func bytes(upTo count: Int) -> ByteBuffer {
        let count = Int.random(in: 0...count, using: &self.random)
        let start = UInt8.random(in: 0...(.max), using: &self.random)
        return ByteBuffer(bytes: (0..<count).map { start &+ UInt8(truncatingIfNeeded: $0) })
    }

    mutating func maybe<Value>(_ make: (inout RandomPacket) -> Value) -> Value? {
        self.chance() ? make(&self) : nil
    }

    mutating func some<Value>(_ least: Int = 0, _ make: (inout RandomPacket) -> Value) -> [Value] {
        (0..<Int.random(in: least...least + 3, using: &self.random)).map { _ in make(&self) }
    }

    mutating func element<Value>(_ values: [Value], _ none: Value) -> Value {
        values.randomElement(using: &self.random) ?? none
    }
}
