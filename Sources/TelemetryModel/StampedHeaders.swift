/// Names of the record headers that the gateway stamps; a device cannot set them.
///
/// Source: contract iothub-mqtt section 4.
package enum StampedHeaders {
    /// The device's id.
    package static let deviceID = "iothub-connection-device-id"
    /// The module's id, on a module's records.
    package static let moduleID = "iothub-connection-module-id"
    /// ISO 8601 with milliseconds.
    package static let enqueuedTime = "iothub-enqueuedtime"
    /// On an imported reading: the import's id and the reading's number in it, `5f1c9a02/4711`. Weir's own.
    package static let imported = "weir-import"
}
