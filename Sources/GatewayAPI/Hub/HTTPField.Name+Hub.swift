import HTTPTypes

extension HTTPField.Name {
    /// Whose queue a message goes into: `/devices/ID/messages/devicebound`.
    static let messageTo = HTTPField.Name.known("iothub-to")
    static let messageID = HTTPField.Name.known("iothub-messageid")
    static let messageCorrelationID = HTTPField.Name.known("iothub-correlationid")
    static let messageExpiry = HTTPField.Name.known("iothub-expiry")
    static let messageAcknowledgement = HTTPField.Name.known("iothub-ack")
    static let enqueuedTime = HTTPField.Name.known("iothub-enqueuedtime")
    static let messageUserID = HTTPField.Name.known("iothub-userid")
    /// Rows of a page.
    static let itemCountMax = HTTPField.Name.known("x-ms-max-item-count")
    /// Where a page begins.
    static let continuation = HTTPField.Name.known("x-ms-continuation")
    /// What rows are.
    static let itemType = HTTPField.Name.known("x-ms-item-type")
    static let commandStatus = HTTPField.Name.known("x-ms-command-statuscode")
    static let commandRequestID = HTTPField.Name.known("x-ms-request-id")
}
