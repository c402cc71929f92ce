package import AMQPProtocol

/// Takes cloud-to-device messages; implemented where the devices' queues are.
package protocol CloudToDeviceSending: Sendable {
    /// Puts a message into its device's queue. Called in a task, off the event loops, for one message of a connection
    /// after the other, so that the messages of a connection keep their order.
    ///
    /// - Parameters:
    ///   - message: checked as far as its own text allows. Look for `deviceIDWritten` when there is no `deviceID`.
    ///   - principal: the policy's name whose token the sender has.
    /// - Returns: ``CloudToDeviceOutcome/accepted`` only when the message is safe.
    func send(_ message: CloudToDeviceMessage, from principal: String) async -> CloudToDeviceOutcome
}
