/// Bytes that are not AMQP 1.0, or not within our bounds; the answer is an error condition and the end of what held them.
package struct AMQPWireError: Error, Equatable, Sendable {
    /// What is wrong.
    package enum Code: Equatable, Sendable {
        /// The stream begins with something else than `AMQP` and a version we know.
        case notAMQP
        /// A frame's size is below that of its header.
        case frameTooShort(size: Int)
        /// A frame's size is above the limit.
        case frameTooLarge(size: Int, limit: Int)
        /// A frame's data offset points into its header or behind its end.
        case badDataOffset(words: Int)
        /// Neither an AMQP nor a SASL frame, or one of them in the other's place.
        case wrongFrameType(UInt8)
        /// A value runs past the end of what holds it.
        case truncated
        /// More elements than the bytes left can hold.
        case countOverBytesLeft(count: Int, bytes: Int)
        /// More elements, in everything that is read together, than are allowed.
        case tooManyElements(limit: Int)
        /// Values in values, deeper than allowed.
        case tooDeep(limit: Int)
        /// A constructor that AMQP 1.0 does not have.
        case unknownFormatCode(UInt8)
        /// A list, map or array ends before or behind the size it states.
        case sizeMismatch
        /// A map with a key and no value.
        case oddMap(count: Int)
        /// A map that holds a key twice.
        case repeatedKey
        /// Not UTF-8.
        case malformedString
        /// Not ASCII.
        case malformedSymbol
        /// Not a Unicode scalar value.
        case malformedChar
        /// A boolean octet that is neither 0 nor 1.
        case malformedBoolean(UInt8)
        /// A described value of another kind than belongs here.
        case unexpectedDescriptor(place: String)
        /// A field that must be there is not, or is null.
        case missingField(String)
        /// A field's value has another type, or is out of the field's range.
        case wrongField(String)
        /// Bytes remain behind the last value.
        case trailingBytes(Int)
    }

    /// What is wrong.
    package var code: Code
    /// Bytes from where reading began: of the frame's body, or of the message.
    package var offset: Int

    /// A fault at a place.
    init(_ code: Code, at offset: Int = 0) {
        self.code = code
        self.offset = offset
    }
}

extension AMQPWireError: CustomStringConvertible {
    package var description: String {
        switch self.code {
        case .notAMQP: "the stream does not begin with an AMQP 1.0 protocol header"
        case .frameTooShort(let size): "a frame of \(size) bytes is shorter than its header of 8"
        case .frameTooLarge(let size, let limit): "a frame of \(size) bytes; at most \(limit) are taken"
        case .badDataOffset(let words): "a frame's data offset of \(words) words is not within the frame"
        case .wrongFrameType(let type): "a frame of type \(type), which does not belong here"
        case .truncated: "a value at byte \(self.offset) runs past the end of what holds it"
        case .countOverBytesLeft(let count, let bytes):
            "\(count) elements at byte \(self.offset) are stated, and \(bytes) bytes are left"
        case .tooManyElements(let limit): "more than \(limit) elements"
        case .tooDeep(let limit): "values nested deeper than \(limit) levels"
        case .unknownFormatCode(let code): "the format code \(code) at byte \(self.offset) is not of AMQP 1.0"
        case .sizeMismatch: "the size stated at byte \(self.offset) is not that of the elements"
        case .oddMap(let count): "a map of \(count) keys and values at byte \(self.offset) leaves a key without value"
        case .repeatedKey: "a map at byte \(self.offset) holds a key twice"
        case .malformedString: "a string at byte \(self.offset) is not UTF-8"
        case .malformedSymbol: "a symbol at byte \(self.offset) is not ASCII"
        case .malformedChar: "a char at byte \(self.offset) is not a Unicode scalar value"
        case .malformedBoolean(let octet): "a boolean at byte \(self.offset) is \(octet); 0 or 1 is expected"
        case .unexpectedDescriptor(let place): "\(place) is expected, and something else is there"
        case .missingField(let name): "the field \(name) is missing"
        case .wrongField(let name): "the field \(name) has a value of another type or range than AMQP 1.0 gives it"
        case .trailingBytes(let bytes): "\(bytes) bytes remain behind the last value"
        }
    }
}
