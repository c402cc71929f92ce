package import NIOCore

/// A value of AMQP's type system, whatever encoding it had. Source: AMQP 1.0 part 1, types, §1.6.
package indirect enum AMQPValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case ubyte(UInt8)
    case ushort(UInt16)
    case uint(UInt32)
    case ulong(UInt64)
    case byte(Int8)
    case short(Int16)
    case int(Int32)
    case long(Int64)
    case float(Float)
    case double(Double)
    /// The bits, binary integer decimal encoding of IEEE 754-2008.
    case decimal32(UInt32)
    /// See ``decimal32(_:)``.
    case decimal64(UInt64)
    /// See ``decimal32(_:)``.
    case decimal128(UInt128)
    case char(Unicode.Scalar)
    /// Milliseconds since 1970, UTC.
    case timestamp(Int64)
    /// 16 bytes, most significant first.
    case uuid(UInt128)
    /// A slice of what was received: it keeps that alive.
    case binary(ByteBuffer)
    case string(String)
    /// ASCII.
    case symbol(String)
    case list([AMQPValue])
    /// Keys and values in order; no key twice.
    case map([AMQPMapEntry])
    /// Elements of one type.
    case array([AMQPValue])
    case described(descriptor: AMQPValue, value: AMQPValue)
}
