internal import StreamSQL
internal import TelemetryJSON
internal import TelemetryModel

/// A window's result as a record of the topic `windows`:
///
/// ```
/// {"device":"mote19","channel":"temperature","start":"2004-02-28T00:58:00.000Z","end":"2004-02-28T00:59:00.000Z",
///  "count":2,"mean":19.46,"min":19.19,"max":19.73,"revision":1}
/// ```
/// A result with a higher revision replaces an earlier one of the same device, channel and start.
enum WindowRecord {
    static func write(_ result: WindowResult, device: [UInt8], channel: [UInt8], to json: inout JSONWriter) {
        json.beginObject()
        json.key("device")
        json.string(utf8: device)
        json.key("channel")
        json.string(utf8: channel)
        json.key("start")
        json.string(utf8: result.start.iso8601)
        json.key("end")
        json.string(utf8: result.end.iso8601)
        json.key("count")
        json.number(result.aggregate.count)
        json.key("mean")
        json.number(result.aggregate.mean)
        json.key("min")
        json.number(result.aggregate.min)
        json.key("max")
        json.number(result.aggregate.max)
        json.key("revision")
        json.number(result.revision)
        json.endObject()
    }
}
