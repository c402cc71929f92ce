import NIOCore

/// Collects the bytes of one list of properties; its length goes before it when it is written out.
struct PropertyWriter {
    private(set) var bytes = ByteBuffer()

    mutating func write(_ id: PropertyID, byte: UInt8) {
        self.bytes.writeMultipleIntegers(id.rawValue, byte)
    }

    mutating func write(_ id: PropertyID, flag: Bool) {
        self.write(id, byte: flag ? 1 : 0)
    }

    mutating func write(_ id: PropertyID, twoBytes value: UInt16) {
        self.bytes.writeMultipleIntegers(id.rawValue, value)
    }

    mutating func write(_ id: PropertyID, fourBytes value: UInt32) {
        self.bytes.writeMultipleIntegers(id.rawValue, value)
    }

    mutating func write(_ id: PropertyID, variableByteInteger value: UInt32) {
        self.bytes.writeInteger(id.rawValue)
        self.bytes.writeVariableByteInteger(Int(value))
    }

    mutating func write(_ id: PropertyID, string: String) throws(PacketError) {
        self.bytes.writeInteger(id.rawValue)
        try self.bytes.writePacketString(string)
    }

    mutating func write(_ id: PropertyID, binary: ByteBuffer) throws(PacketError) {
        self.bytes.writeInteger(id.rawValue)
        try self.bytes.writePacketBinary(binary)
    }

    mutating func write(_ properties: [UserProperty]) throws(PacketError) {
        for property in properties {
            self.bytes.writeInteger(PropertyID.userProperty.rawValue)
            try self.bytes.writePacketString(property.name)
            try self.bytes.writePacketString(property.value)
        }
    }
}
