import StreamSQL
import TelemetryJSON
import TelemetryModel

/// Evaluates expressions of one event.
enum Evaluation {
    /// The event's time.
    static let time = Timestamp(milliseconds: 1_763_699_580_123)  // 2025-11-21T04:33:00.123Z

    /// An expression's value for an event, as JSON; `fault: …` when the row has none, `error: …` when it is no expression.
    static func of(_ expression: String, _ event: String = "{}") throws -> String {
        let compiled: CompiledExpression
        let reads: [InputRead]
        do {
            (compiled, reads) = try CompiledExpression.standalone(expression)
        } catch {
            return "error: \(error)"
        }
        let row = StreamRow(slots: try Evaluation.slots(reads, event), time: Evaluation.time)
        do {
            let value = try compiled.value(row)
            var writer = JSONWriter()
            writer.value(value)
            return String(decoding: writer.bytes, as: UTF8.self)
        } catch {
            return "fault: \(error)"
        }
    }

    /// What an executor puts into the slots.
    static func slots(_ reads: [InputRead], _ event: String) throws -> [StreamValue] {
        let event = StreamValue(try JSONValue(parsing: event))
        return reads.map { read in
            switch read {
            case .path(let path): return event.value(at: path)
            case .pathElseDevice(let path):
                let value = event.value(at: path)
                return value.isNull ? .nvarchar("boiler-1") : value
            case .column(let place, let path):
                guard case .record(let record) = event else { return .null }
                return record.values[place].value(at: path)
            case .whole: return event
            case .metadata(.enqueuedTime): return .datetime(Evaluation.time)
            case .metadata(.partition): return .bigint(3)
            case .metadata(.offset): return .bigint(4_711)
            case .metadata(.topic): return .nvarchar("telemetry")
            case .metadata(.device): return .nvarchar("boiler-1")
            case .metadata(.header(let name)): return .nvarchar("header \(name)")
            }
        }
    }
}
