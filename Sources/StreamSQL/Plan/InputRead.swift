package import TelemetryJSON

/// Something a query reads of an input's events; each has a slot.
package enum InputRead: Hashable, Sendable {
    /// A path of the payload; of a reference its record; of a step with a `*` the result's record. `NULL` when it is missing.
    case path(JSONPath)
    /// The same, and the record's device id when it is missing: the columns `device` and `deviceId`.
    case pathElseDevice(JSONPath)
    /// A member of a step's result by its place in ``StepPlan/columns``, and the path within it, which may be empty.
    case column(Int, JSONPath)
    /// The whole event as a record.
    case whole
    /// What the log knows of the event's record.
    case metadata(RecordMetadata)
}
