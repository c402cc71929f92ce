import FoundationEssentials
import HubProtocol
import LogFormat
import NIOCore
import TelemetryJSON
import TelemetryModel

/// Writes a record as one JSON line:
///
///     {"partition":0,"offset":12,"enqueuedTime":"…Z","deviceId":"…","moduleId":"…",
///      "systemProperties":{…},"applicationProperties":{…},"body":…}
///
/// The body is the payload itself when it is JSON, taken out of its white space; a string when it is other UTF-8
/// text; else `bodyBase64` stands in its place. `deviceId` and `moduleId` are left out of records that have none, and
/// a tombstone's body is `null`. Property values that are not UTF-8 are shown with U+FFFD.
enum RecordLine {
    /// Properties up to which a repeated name is looked for by comparing each with each.
    private static let smallBag = 16

    static func write(_ record: LogRecord, partition: Int, to writer: inout JSONWriter) {
        let properties = RecordLine.properties(of: record)
        writer.beginObject()
        writer.key("partition")
        writer.number(partition)
        writer.key("offset")
        writer.number(record.offset)
        writer.key("enqueuedTime")
        writer.string(utf8: Timestamp(milliseconds: record.timestampMilliseconds).iso8601)
        RecordLine.writeIdentity(of: record, system: properties.system, to: &writer)
        RecordLine.write(properties.system, named: "systemProperties", to: &writer)
        RecordLine.write(properties.application, named: "applicationProperties", to: &writer)
        RecordLine.writeBody(of: record, to: &writer)
        writer.endObject()
        writer.endLine()
    }

    /// Writes a line in place of records that cannot be read:
    ///
    ///     {"partition":0,"offset":12,"enqueuedTime":"…Z","systemProperties":{},"applicationProperties":{},"body":null,
    ///      "unreadable":{"records":3,"reason":"…"}}
    static func writeUnreadable(
        _ records: Int64,
        partition: Int,
        offset: Int64,
        time: Timestamp,
        reason: String,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.key("partition")
        writer.number(partition)
        writer.key("offset")
        writer.number(offset)
        writer.key("enqueuedTime")
        writer.string(utf8: time.iso8601)
        RecordLine.write([], named: "systemProperties", to: &writer)
        RecordLine.write([], named: "applicationProperties", to: &writer)
        writer.key("body")
        writer.null()
        writer.key("unreadable")
        writer.beginObject()
        writer.key("records")
        writer.number(records)
        writer.key("reason")
        writer.string(reason)
        writer.endObject()
        writer.endObject()
        writer.endLine()
    }

    private struct Property {
        var name: String
        var value: String?
    }

    private static func properties(of record: LogRecord) -> (system: [Property], application: [Property]) {
        var system = [Property]()
        var application = [Property]()
        for header in record.headers {
            let value = header.value.map { String(decoding: $0.readableBytesView, as: UTF8.self) }
            switch PropertyBag.owner(ofHeader: header.name) {
            case .system(let name): system.append(Property(name: name, value: value))
            case .application(let name): application.append(Property(name: name, value: value))
            }
        }
        return (RecordLine.unique(system), RecordLine.unique(application))
    }

    /// One property for each name, the last one given, as an object of JSON wants it.
    private static func unique(_ properties: [Property]) -> [Property] {
        if properties.count <= RecordLine.smallBag {
            return properties.enumerated().filter { index, property in
                !properties[(index + 1)...].contains { $0.name == property.name }
            }.map(\.element)
        }
        let last = Dictionary(properties.enumerated().map { ($0.element.name, $0.offset) }) { $1 }
        return properties.enumerated().filter { last[$0.element.name] == $0.offset }.map(\.element)
    }

    /// The names of the device, from the headers that the gateway stamps, else from the key.
    private static func writeIdentity(of record: LogRecord, system: [Property], to writer: inout JSONWriter) {
        var device = system.first { $0.name == StampedHeaders.deviceID }?.value
        var module = system.first { $0.name == StampedHeaders.moduleID }?.value
        if device == nil, let key = record.key,
            let identity = IdentityID(String(decoding: key.readableBytesView, as: UTF8.self))
        {
            device = identity.device
            module = identity.module
        }
        if let device {
            writer.key("deviceId")
            writer.string(device)
        }
        if let module {
            writer.key("moduleId")
            writer.string(module)
        }
    }

    private static func write(_ properties: [Property], named name: String, to writer: inout JSONWriter) {
        writer.key(name)
        writer.beginObject()
        for property in properties {
            writer.key(property.name)
            if let value = property.value { writer.string(value) } else { writer.null() }
        }
        writer.endObject()
    }

    private static func writeBody(of record: LogRecord, to writer: inout JSONWriter) {
        guard !record.isTombstone else {
            writer.key("body")
            return writer.null()
        }
        let bytes = Array(record.value.readableBytesView)
        do throws(JSONError) {
            let json = try JSONCompactor.compact(bytes)
            writer.key("body")
            writer.raw(json)
        } catch {
            if let text = String(validating: bytes, as: UTF8.self) {
                writer.key("body")
                writer.string(text)
            } else {
                writer.key("bodyBase64")
                writer.string(Data(bytes).base64EncodedString())
            }
        }
    }
}
